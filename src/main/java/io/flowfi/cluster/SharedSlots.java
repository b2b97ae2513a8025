package io.flowfi.cluster;

import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.SlotCounts;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/**
 * Slots whose limits by address and user hold over all nodes. The total is each node's own: it
 * protects that node's memory.
 *
 * <p>With Redis all nodes count together. Without it, and while it does not answer, a node allows
 * its share: a limit divided by the number of living nodes, rounded up.
 */
public final class SharedSlots implements Slots, AutoCloseable {
  /** After an answer that did not come nobody waits for so long. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ConnectionSettings limits;
  private final IntSupplier nodes;
  private final Duration patience;
  private final LocalSlots local;
  private final Optional<SlotCounter> counter;

  /** Guards the counts of this node together with the counter's queue; held for moments only. */
  private final Object lock = new Object();

  private volatile long restUntil = System.nanoTime();

  /**
   * Nothing runs yet.
   *
   * @param nodes how many live, this one included
   * @param redis empty counts on this node only
   * @param node the id of this node
   */
  public SharedSlots(
      ConnectionSettings limits,
      IntSupplier nodes,
      Optional<RedisServers> redis,
      LogIdentity log,
      String node) {
    this(limits, nodes, redis, log, node, Duration.ofMillis(50));
  }

  /**
   * @param patience how long a request waits for Redis
   */
  SharedSlots(
      ConnectionSettings limits,
      IntSupplier nodes,
      Optional<RedisServers> redis,
      LogIdentity log,
      String node,
      Duration patience) {
    this.limits = limits;
    this.patience = patience;
    this.nodes = nodes;
    this.local = new LocalSlots(limits);
    this.counter =
        redis.map(
            servers -> new SlotCounter(new Opening(servers, log, node)::next, lock, this::fields));
  }

  /** Connections of this node, one after the other. Used by one thread. */
  private final class Opening {
    private final RedisServers servers;
    private final LogIdentity log;
    private final String node;
    private Optional<String> former = Optional.empty();
    private int connections;

    Opening(RedisServers servers, LogIdentity log, String node) {
      this.servers = servers;
      this.log = log;
      this.node = node;
    }

    RedisSlots next() {
      String name = node + "." + ++connections;
      RedisSlots opened = new RedisSlots(servers, log, name, former, limits);
      former = Optional.of(name);
      return opened;
    }
  }

  public void start() {
    counter.ifPresent(SlotCounter::start);
  }

  private Map<String, Integer> fields() {
    Map<String, Integer> fields = new HashMap<>();
    local.byAddress().forEach((network, n) -> fields.put(RedisSlots.address(network), n));
    local.byUser().forEach((user, n) -> fields.put(RedisSlots.user(user), n));
    return fields;
  }

  @Override
  public Runnable take(String network, Optional<String> user) {
    Runnable release;
    Optional<SlotAsk> ask = Optional.empty();
    long before = 0;
    synchronized (lock) {
      release = local.take(network, user);
      if (counter.isPresent() && System.nanoTime() - restUntil >= 0) {
        before = counter.get().snapshots();
        ask = counter.get().ask(network, user);
      }
    }
    int verdict = ask.map(this::await).orElse(SlotAsk.NONE);
    Optional<Limit> full =
        switch (verdict) {
          case RedisSlots.TAKEN -> Optional.empty();
          case RedisSlots.ADDRESS_FULL -> Optional.of(Limit.ADDRESS);
          case RedisSlots.USER_FULL -> Optional.of(Limit.USER);
          default -> aboveShare(network, user);
        };
    if (verdict == SlotAsk.NONE || full.isPresent()) {
      settle(verdict, before, full.isPresent() ? release : () -> {});
    }
    full.ifPresent(
        limit -> {
          throw new NoSlotException(limit);
        });
    AtomicBoolean returned = new AtomicBoolean();
    return () -> {
      if (returned.compareAndSet(false, true)) {
        synchronized (lock) {
          release.run();
          counter.ifPresent(with -> with.release(network, user));
        }
      }
    };
  }

  /** What Redis has counted, or was told in the meantime, may not be what was decided here. */
  private void settle(int verdict, long before, Runnable release) {
    synchronized (lock) {
      release.run();
      if (counter.isPresent() && (verdict == SlotAsk.NONE || counter.get().snapshots() != before)) {
        counter.get().writeAnew();
      }
    }
  }

  private int await(SlotAsk ask) {
    try {
      return ask.answer().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      restUntil = System.nanoTime() + REST_NANOS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return SlotAsk.NONE;
  }

  private Optional<Limit> aboveShare(String network, Optional<String> user) {
    if (local.ofAddress(network) > share(limits.perAddress())) {
      return Optional.of(Limit.ADDRESS);
    }
    return user.filter(account -> local.ofUser(account) > share(limits.perUser()))
        .map(account -> Limit.USER);
  }

  private int share(int limit) {
    int living = Math.max(1, nodes.getAsInt());
    return (limit + living - 1) / living;
  }

  @Override
  public SlotCounts counts() {
    return local.counts();
  }

  /** Ends as a killed node does. */
  void kill() {
    counter.ifPresent(SlotCounter::kill);
  }

  @Override
  public void close() {
    counter.ifPresent(SlotCounter::close);
  }
}

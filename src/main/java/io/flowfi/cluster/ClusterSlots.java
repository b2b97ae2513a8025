package io.flowfi.cluster;

import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * What a node among others counts together with them: {@link SharedSlots} of each kind, over one
 * connection to Redis. All kinds are named before the start; then any thread may use them.
 */
public final class ClusterSlots implements AutoCloseable {
  /** After an answer that did not come nobody waits for so long. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What has limits of its own. */
  public enum Kind {
    EVENT_STREAMS(""),
    LONG_POLLS("poll:"),
    EXPORTS("export:");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    /** The field of a node's hash for an address. Nodes of earlier versions know event streams. */
    String address(String network) {
      return prefix + "a:" + network;
    }

    /** The field for a user. */
    String user(String account) {
      return prefix + "u:" + account;
    }
  }

  private final IntSupplier nodes;
  private final Duration patience;
  private final List<SharedSlots> kinds = new ArrayList<>();
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
  public ClusterSlots(
      IntSupplier nodes, Optional<RedisServers> redis, LogIdentity log, String node) {
    this(nodes, redis, log, node, Duration.ofMillis(50));
  }

  /**
   * @param patience how long a request waits for Redis
   */
  ClusterSlots(
      IntSupplier nodes,
      Optional<RedisServers> redis,
      LogIdentity log,
      String node,
      Duration patience) {
    this.nodes = nodes;
    this.patience = patience;
    this.counter =
        redis.map(
            servers -> new SlotCounter(new Opening(servers, log, node)::next, lock, this::fields));
  }

  /** Connections of this node, one after the other. Used by one thread. */
  private static final class Opening {
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
      RedisSlots opened = new RedisSlots(servers, log, name, former);
      former = Optional.of(name);
      return opened;
    }
  }

  /** The slots of one kind. Call once for each, before the start. */
  public Slots of(Kind kind, ConnectionSettings limits) {
    SharedSlots slots = new SharedSlots(kind, limits, this, counter, lock);
    kinds.add(slots);
    return slots;
  }

  public void start() {
    counter.ifPresent(SlotCounter::start);
  }

  private Map<String, Integer> fields() {
    Map<String, Integer> fields = new HashMap<>();
    kinds.forEach(kind -> fields.putAll(kind.fields()));
    return fields;
  }

  Duration patience() {
    return patience;
  }

  /** Whether Redis has lately left a question without an answer. */
  boolean rests() {
    return System.nanoTime() - restUntil < 0;
  }

  void rest() {
    restUntil = System.nanoTime() + REST_NANOS;
  }

  /** This node's part of a limit, rounded up. */
  int share(int limit) {
    int living = Math.max(1, nodes.getAsInt());
    return (limit + living - 1) / living;
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

package io.flowfi.cluster;

import io.flowfi.cluster.SlotAsk.Place;
import io.flowfi.threads.DaemonThreads;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;

/**
 * Counts this node's slots in Redis. Whenever it is not sure what Redis knows of this node (a
 * connection, a flushed server, an answer that did not come), it writes all of the node's slots
 * anew, so no error stays.
 *
 * <p>{@link #ask} and {@link #release} are called with the lock that guards the node's own counts:
 * then a snapshot of them has exactly what is not in the queue.
 */
final class SlotCounter extends RedisCounter<RedisSlots, SlotAsk> {
  private final Object lock;
  private final Supplier<Map<String, Integer>> counts;
  private final ToIntBiFunction<Place, Set<String>> limit;
  private volatile boolean anew;
  private volatile boolean killed;

  /** Whether questions are taken. Guarded by the lock, as what follows. */
  private boolean present;

  private long snapshots;

  /**
   * Nothing runs yet.
   *
   * @param lock guards the node's own counts
   * @param counts of this node, by the fields of {@link RedisSlots}
   * @param limit what the nodes with these ids, which count together, may have of a place
   */
  SlotCounter(
      Supplier<RedisSlots> opening,
      Object lock,
      Supplier<Map<String, Integer>> counts,
      ToIntBiFunction<Place, Set<String>> limit) {
    super(
        new DaemonThreads("cluster-slots"),
        opening,
        "event streams, long polls and exports",
        "what the others have left of each limit");
    this.lock = lock;
    this.counts = counts;
    this.limit = limit;
  }

  /** Empty if Redis is away. Call with the lock, after the slot was counted here. */
  Optional<SlotAsk> ask(List<Place> places) {
    SlotAsk ask = new SlotAsk(places, new CompletableFuture<>());
    return present && offer(ask) ? Optional.of(ask) : Optional.empty();
  }

  /** Call with the lock, after the slot was returned here. */
  void release(List<Place> places) {
    if (present && !offer(new SlotAsk(places, null))) {
      writeAnew();
    }
  }

  /** Redis may count wrongly what this node has. */
  void writeAnew() {
    anew = true;
  }

  /** How often all was written. Call with the lock. */
  long snapshots() {
    return snapshots;
  }

  @Override
  void serve(RedisSlots redis) throws InterruptedException {
    anew = true;
    long renewed = System.nanoTime();
    while (goesOn()) {
      if (anew) {
        redis.write(snapshot());
        succeeded();
      }
      SlotAsk first = next();
      if (isDue(renewed)) {
        renewed = System.nanoTime();
        if (!redis.renew()) {
          anew = true;
        }
      }
      if (first != null) {
        answer(redis, batch(first));
      }
    }
    if (!killed) {
      redis.leave();
    }
  }

  private Map<String, Integer> snapshot() {
    synchronized (lock) {
      anew = false;
      refuseWaiting();
      present = true;
      snapshots++;
      return counts.get();
    }
  }

  private void answer(RedisSlots redis, List<SlotAsk> asks) {
    int[] answers;
    try {
      answers = redis.run(asks, limit);
    } catch (RuntimeException | Error e) {
      asks.forEach(this::refuse);
      throw e;
    }
    for (int i = 0; i < answers.length; i++) {
      boolean lost = answers[i] < RedisSlots.TAKEN || answers[i] > RedisSlots.USER_FULL;
      if (lost) {
        anew = true;
      }
      asks.get(i).complete(lost ? SlotAsk.NONE : answers[i]);
    }
  }

  @Override
  void away() {
    synchronized (lock) {
      present = false;
      refuseWaiting();
    }
  }

  @Override
  void refuse(SlotAsk ask) {
    ask.complete(SlotAsk.NONE);
  }

  /** Ends as a killed node does: without a word. */
  void kill() {
    killed = true;
    close();
  }
}

package io.flowfi.cluster;

import io.flowfi.cluster.SlotAsk.Place;
import io.flowfi.threads.DaemonThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Redis on a thread of its own, several questions in one round trip. Whenever it is not sure
 * what Redis knows of this node (a connection, a flushed server, an answer that did not come), it
 * writes all of the node's slots anew, so no error stays.
 *
 * <p>{@link #ask} and {@link #release} are called with the lock that guards the node's own counts:
 * then a snapshot of them has exactly what is not in the queue.
 */
final class SlotCounter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SlotCounter.class);
  private static final int MOST_WAITING = 1024;
  private static final int AT_ONCE = 128;
  private static final long RENEW_MILLIS = 1_000;

  /** Well below the time that a stop may take. */
  private static final long IDLE_MILLIS = 200;

  private static final long RETRY_MILLIS = 300;

  private final Supplier<RedisSlots> opening;
  private final Object lock;
  private final Supplier<Map<String, Integer>> counts;
  private final ToIntBiFunction<Place, Set<String>> limit;
  private final BlockingQueue<SlotAsk> queue = new ArrayBlockingQueue<>(MOST_WAITING);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final DaemonThreads threads = new DaemonThreads("cluster-slots");
  private final Thread thread = threads.newThread(this::run);
  private volatile boolean anew;
  private volatile boolean killed;
  private boolean failing;

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
    this.opening = opening;
    this.lock = lock;
    this.counts = counts;
    this.limit = limit;
  }

  void start() {
    thread.start();
  }

  /** Empty if Redis is away. Call with the lock, after the slot was counted here. */
  Optional<SlotAsk> ask(List<Place> places) {
    SlotAsk ask = new SlotAsk(places, new CompletableFuture<>());
    return present && queue.offer(ask) ? Optional.of(ask) : Optional.empty();
  }

  /** Call with the lock, after the slot was returned here. */
  void release(List<Place> places) {
    if (present && !queue.offer(new SlotAsk(places, null))) {
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

  private void run() {
    try {
      while (ended.getCount() > 0) {
        try (RedisSlots redis = opening.get()) {
          serve(redis);
        } catch (RuntimeException | Error e) {
          failed(e); // an error, too: nobody would start this thread again
        } finally {
          away();
        }
        ended.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(RedisSlots redis) throws InterruptedException {
    anew = true;
    long renewed = System.nanoTime();
    while (ended.getCount() > 0) {
      if (anew) {
        redis.write(snapshot());
        succeeded();
      }
      SlotAsk first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      if (System.nanoTime() - renewed >= TimeUnit.MILLISECONDS.toNanos(RENEW_MILLIS)) {
        renewed = System.nanoTime();
        if (!redis.renew()) {
          anew = true;
        }
      }
      if (first != null) {
        answer(redis, first);
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

  private void answer(RedisSlots redis, SlotAsk first) {
    List<SlotAsk> asks = new ArrayList<>(List.of(first));
    queue.drainTo(asks, AT_ONCE - 1);
    int[] answers;
    try {
      answers = redis.run(asks, limit);
    } catch (RuntimeException | Error e) {
      asks.forEach(ask -> ask.complete(SlotAsk.NONE));
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

  private void away() {
    synchronized (lock) {
      present = false;
      refuseWaiting();
    }
  }

  private void refuseWaiting() {
    for (SlotAsk ask = queue.poll(); ask != null; ask = queue.poll()) {
      ask.complete(SlotAsk.NONE);
    }
  }

  private void succeeded() {
    if (failing) {
      failing = false;
      LOG.info("event streams, long polls and exports are counted over all nodes again");
    }
  }

  private void failed(Throwable why) {
    if (!failing && ended.getCount() > 0) {
      failing = true;
      LOG.warn(
          "event streams, long polls and exports cannot be counted in Redis; until then this node"
              + " allows its share of what the others have left of each limit: {}",
          why.toString());
    }
  }

  /** Ends as a killed node does: without a word. */
  void kill() {
    killed = true;
    ended.countDown();
    threads.awaitEnd();
  }

  @Override
  public void close() {
    ended.countDown();
    threads.awaitEnd();
  }
}

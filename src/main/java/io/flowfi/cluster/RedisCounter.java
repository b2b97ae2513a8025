package io.flowfi.cluster;

import io.flowfi.threads.DaemonThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Redis on a thread of its own, several questions in one round trip. After a failure it tries
 * again with another connection, and its log says so once.
 *
 * @param <C> a connection; used by that thread
 * @param <A> a question
 */
abstract class RedisCounter<C extends RedisCounter.Link, A> implements AutoCloseable {
  private static final int MOST_WAITING = 1024;
  private static final int AT_ONCE = 128;

  /** Well below {@link RedisRates#GAP} and {@link RedisSlots#LEASE}. */
  private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Well below the time that a stop may take. */
  private static final long IDLE_MILLIS = 200;

  private static final long RETRY_MILLIS = 300;

  /** A connection, which can be closed whatever its state is. */
  interface Link extends AutoCloseable {
    @Override
    void close();
  }

  private final Logger log = LoggerFactory.getLogger(getClass());
  private final Supplier<C> opening;
  private final String counted;
  private final String share;
  private final BlockingQueue<A> queue = new ArrayBlockingQueue<>(MOST_WAITING);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final DaemonThreads threads;
  private final Thread thread;
  private boolean failing;

  /**
   * Nothing runs yet.
   *
   * @param counted for the log: what is counted
   * @param share for the log: of what this node allows its share meanwhile
   */
  RedisCounter(DaemonThreads threads, Supplier<C> opening, String counted, String share) {
    this.threads = threads;
    this.opening = opening;
    this.counted = counted;
    this.share = share;
    this.thread = threads.newThread(this::run);
  }

  final void start() {
    thread.start();
  }

  /** Answers questions over a new connection until {@link #goesOn} says no, or it fails. */
  abstract void serve(C redis) throws InterruptedException;

  /** A connection has ended: no more questions are taken, and those that wait are refused. */
  abstract void away();

  /** Answers that there is no answer. */
  abstract void refuse(A ask);

  private void run() {
    try {
      while (goesOn()) {
        try (C redis = opening.get()) {
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

  final boolean goesOn() {
    return ended.getCount() > 0;
  }

  /** Whether a sign of life is due again. */
  static boolean isDue(long lastNanos) {
    return System.nanoTime() - lastNanos >= BEAT_NANOS;
  }

  /** Any thread: false if too many wait. */
  final boolean offer(A ask) {
    return queue.offer(ask);
  }

  /** The next question; null if none comes for a moment. */
  final A next() throws InterruptedException {
    return queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Those that go in one round trip with the first. */
  final List<A> batch(A first) {
    List<A> asks = new ArrayList<>(List.of(first));
    queue.drainTo(asks, AT_ONCE - 1);
    return asks;
  }

  final void refuseWaiting() {
    for (A ask = queue.poll(); ask != null; ask = queue.poll()) {
      refuse(ask);
    }
  }

  final void succeeded() {
    if (failing) {
      failing = false;
      log.info("{} are counted over all nodes again", counted);
    }
  }

  private void failed(Throwable why) {
    if (!failing && goesOn()) {
      failing = true;
      log.warn(
          "{} cannot be counted in Redis; until then this node allows its share of {}: {}",
          counted,
          share,
          why.toString());
    }
  }

  @Override
  public final void close() {
    ended.countDown();
    threads.awaitEnd();
  }
}

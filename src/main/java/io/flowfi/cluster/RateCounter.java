package io.flowfi.cluster;

import io.flowfi.threads.DaemonThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Redis for tokens on a thread of its own, several questions in one round trip, and gives it a
 * sign of life every second. Any thread may give it a question.
 */
final class RateCounter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RateCounter.class);
  private static final int MOST_WAITING = 1024;
  private static final int AT_ONCE = 128;

  /** Well below {@link RedisRates#GAP}. */
  private static final long BEAT_MILLIS = 1_000;

  /** Well below the time that a stop may take. */
  private static final long IDLE_MILLIS = 200;

  private static final long RETRY_MILLIS = 300;

  private final Supplier<RedisRates> opening;
  private final BlockingQueue<RateAsk> queue = new ArrayBlockingQueue<>(MOST_WAITING);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final DaemonThreads threads = new DaemonThreads("cluster-rates");
  private final Thread thread = threads.newThread(this::run);
  private boolean failing;

  /** Whether questions are taken. */
  private volatile boolean present;

  /** Nothing runs yet. */
  RateCounter(Supplier<RedisRates> opening) {
    this.opening = opening;
  }

  void start() {
    thread.start();
  }

  /**
   * Takes a question, which will get an answer, if only that there is none.
   *
   * @return false if Redis is away, or too many wait
   */
  boolean ask(RateAsk ask) {
    if (!present || !queue.offer(ask)) {
      return false;
    }
    if (!present) {
      ask.giveUp(); // the thread may have looked through the queue before
    }
    return true;
  }

  private void run() {
    try {
      while (ended.getCount() > 0) {
        try (RedisRates redis = opening.get()) {
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

  private void serve(RedisRates redis) throws InterruptedException {
    redis.beat();
    long beaten = System.nanoTime();
    succeeded();
    present = true;
    while (ended.getCount() > 0) {
      if (System.nanoTime() - beaten >= TimeUnit.MILLISECONDS.toNanos(BEAT_MILLIS)) {
        beaten = System.nanoTime();
        redis.beat();
      }
      RateAsk first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      if (first != null) {
        answer(redis, first);
      }
    }
  }

  private void answer(RedisRates redis, RateAsk first) {
    List<RateAsk> asks = new ArrayList<>(List.of(first));
    queue.drainTo(asks, AT_ONCE - 1);
    asks.removeIf(ask -> ask.answer().isDone()); // nobody waits any more: it would take for nobody
    try {
      long[] answers = redis.run(asks);
      for (int i = 0; i < answers.length; i++) {
        asks.get(i).answer().complete(OptionalLong.of(answers[i]));
      }
    } catch (RuntimeException | Error e) {
      asks.forEach(RateAsk::giveUp);
      throw e;
    }
  }

  private void away() {
    present = false;
    for (RateAsk ask = queue.poll(); ask != null; ask = queue.poll()) {
      ask.giveUp();
    }
  }

  private void succeeded() {
    if (failing) {
      failing = false;
      LOG.info("commands and failed logins are counted over all nodes again");
    }
  }

  private void failed(Throwable why) {
    if (!failing && ended.getCount() > 0) {
      failing = true;
      LOG.warn(
          "commands and failed logins cannot be counted in Redis; until then this node allows its"
              + " share of each limit: {}",
          why.toString());
    }
  }

  @Override
  public void close() {
    ended.countDown();
    threads.awaitEnd();
  }
}

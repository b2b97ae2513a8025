package io.flowfi.relay;

import io.flowfi.threads.DaemonThreads;
import io.flowfi.threads.RepeatedTask;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Does something at a regular interval, give or take a fifth, so that nodes do not ask the database
 * all at once. What is done must return at once; if it throws, it is done again at the next
 * interval. It has a thread of its own.
 */
final class HeadPoller {
  private static final double JITTER = 0.2;

  private final Duration interval;
  private final RepeatedTask poll;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final DaemonThreads threads = new DaemonThreads("relay-poller");
  private final Thread thread = threads.newThread(this::run);

  HeadPoller(Duration interval, Runnable poll) {
    this.interval = interval;
    this.poll = new RepeatedTask("the poll for events of other nodes", poll);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!ended.await(next(), TimeUnit.NANOSECONDS)) {
        poll.run();
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    }
  }

  private long next() {
    double factor = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
    return (long) (interval.toNanos() * factor);
  }

  /** Whether what is done has failed the last time. Any thread. */
  boolean isFailing() {
    return poll.isFailing();
  }

  void close() {
    ended.countDown();
    threads.awaitEnd();
  }
}

package io.flowfi.conformance;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Commands for one stream from several threads at once, while a check does something else. */
final class Load implements AutoCloseable {
  private final Subject subject;
  private final String stream;
  private final int commands;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final CountDownLatch running;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /**
   * Begins at once.
   *
   * @param commands at most so many
   */
  Load(Subject subject, String stream, int commands, int threads) {
    this.subject = subject;
    this.stream = stream;
    this.commands = commands;
    this.running = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(this::run, "conformance-load");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void run() {
    try {
      while (begun.getAndIncrement() < commands && failure.get() == null) {
        subject.topUp(stream);
        synchronized (done) {
          done.incrementAndGet();
          done.notifyAll();
        }
      }
    } catch (IOException | RuntimeException e) {
      failure.compareAndSet(null, e);
    } finally {
      running.countDown();
      synchronized (done) {
        done.notifyAll();
      }
    }
  }

  private void awaitDone(int count) {
    try {
      synchronized (done) {
        while (done.get() < count && running.getCount() > 0) {
          done.wait(1_000);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    check();
  }

  /** Sends no more, waits for the answers and returns how many commands there were. */
  int finish() {
    close();
    awaitAll();
    return done.get();
  }

  /** Waits until so many more are answered than now. */
  void awaitMore(int count) {
    awaitDone(done.get() + count);
  }

  /** Waits until all are answered; a command that failed breaks the check. */
  void awaitAll() {
    try {
      running.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    check();
  }

  private void check() {
    Throwable why = failure.get();
    if (why != null) {
      throw new Broken("a command failed: " + why.getMessage(), why);
    }
  }

  /** Sends no more. */
  @Override
  public void close() {
    begun.addAndGet(commands);
  }
}

package io.flowfi.store;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Limits how many callers do some work at the same time: first come, first served. While others
 * wait, a rest as long as the turn follows every turn, so that urgent work gets the processors for
 * half of the time. When nobody waits there is no rest.
 *
 * <p>Any thread may call it.
 */
final class Turns {
  /** Free turns, each with the time when its rest is over. */
  private final BlockingQueue<Long> free;

  private final Duration patience;
  private final LongSupplier nanos;
  private final LongConsumer rest;

  /**
   * @param atOnce how many turns run at a time
   * @param patience how long a caller waits for a turn
   */
  Turns(int atOnce, Duration patience) {
    this(atOnce, patience, System::nanoTime, LockSupport::parkNanos);
  }

  /**
   * @param rest waits for this many nanoseconds, or less
   */
  Turns(int atOnce, Duration patience, LongSupplier nanos, LongConsumer rest) {
    this.free = new ArrayBlockingQueue<>(atOnce, true);
    this.patience = patience;
    this.nanos = nanos;
    this.rest = rest;
    for (int i = 0; i < atOnce; i++) {
      free.add(nanos.getAsLong());
    }
  }

  /**
   * Waits for a turn, then does the work.
   *
   * @throws TimeoutException if no turn has come within {@code patience}
   * @throws InterruptedException if it is interrupted while it waits
   */
  <T> T take(Supplier<T> work) throws TimeoutException, InterruptedException {
    Long rested = free.poll();
    if (rested == null) {
      rested = free.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (rested == null) {
        throw new TimeoutException("too many wait for their turn");
      }
      rest(rested);
    }
    long begin = nanos.getAsLong();
    try {
      return work.get();
    } finally {
      long end = nanos.getAsLong();
      free.add(end + (end - begin));
    }
  }

  private void rest(long until) throws InterruptedException {
    for (long left; (left = until - nanos.getAsLong()) > 0; ) {
      if (Thread.interrupted()) {
        free.add(until);
        throw new InterruptedException("interrupted before its turn");
      }
      rest.accept(left);
    }
  }
}

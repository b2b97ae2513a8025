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
 * Lets a few at a time do what many may ask for without end, first come, first served. While some
 * have to wait, every turn is followed by a rest as long as it was: the processors that it used are
 * free as long for who cannot wait. Who need not wait does not rest either.
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
   * @param atOnce how many have a turn at a time
   * @param patience how long anybody waits for one
   */
  Turns(int atOnce, Duration patience) {
    this(atOnce, patience, System::nanoTime, LockSupport::parkNanos);
  }

  /**
   * @param rest waits for so many nanoseconds, or less
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
   * Does the work when it is its turn.
   *
   * @throws TimeoutException if its turn has not come within the patience there is
   * @throws InterruptedException if it is interrupted before
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

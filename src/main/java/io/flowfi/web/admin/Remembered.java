package io.flowfi.web.admin;

import io.flowfi.web.wire.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Something that costs to read, and is kept for some seconds: the longer a reading takes, the
 * longer. One caller reads at a time, the others get the value before. Any thread may ask.
 */
final class Remembered<T> {
  private static final Duration KEPT = Duration.ofSeconds(5);

  /** A reading takes at most this part of the time. */
  private static final int SHARE = 20;

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /**
   * @param at when it was read
   */
  record Value<T>(T value, Instant at) {}

  private record Kept<T>(Value<T> value, long until) {}

  private final Function<Instant, T> source;
  private final InstantSource clock;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile Kept<T> latest;

  /**
   * @param source is called by one thread at a time
   */
  Remembered(Function<Instant, T> source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  /**
   * The value, some seconds old at most unless a reading takes longer.
   *
   * @throws ProblemException 503 if the first reading has not ended yet
   */
  Value<T> get() {
    Kept<T> known = latest;
    if (isFresh(known)) {
      return known.value();
    }
    if (!comesToItsTurn(known == null ? PATIENCE : Duration.ZERO)) {
      known = latest;
      if (known == null) {
        throw ProblemException.later(503, "the totals are being counted", 2);
      }
      return known.value();
    }
    try {
      return isFresh(latest) ? latest.value() : read();
    } finally {
      turn.unlock();
    }
  }

  private static boolean isFresh(Kept<?> kept) {
    return kept != null && System.nanoTime() - kept.until() < 0;
  }

  private boolean comesToItsTurn(Duration patience) {
    try {
      return turn.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Value<T> read() {
    long began = System.nanoTime();
    Value<T> value = new Value<>(source.apply(clock.instant()), clock.instant());
    long ended = System.nanoTime();
    latest = new Kept<>(value, ended + Math.max(KEPT.toNanos(), SHARE * (ended - began)));
    return value;
  }
}

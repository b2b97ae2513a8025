package io.flowfi.cluster;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The database's clock, as a node knows it: the time of the last answer, and what has passed since
 * by a clock that nobody sets. It differs between nodes by as long as an answer takes. Thread-safe.
 */
final class SharedClock {
  private record Sample(long epochNanos, long at) {}

  private final LongSupplier nanos;
  private volatile Sample last;

  SharedClock() {
    this(System::nanoTime);
  }

  SharedClock(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** The database has just answered with this time. */
  void set(Instant now) {
    last =
        new Sample(
            TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(), nanos.getAsLong());
  }

  /** Nanoseconds since 1970, after the first {@link #set}. */
  long nanos() {
    Sample sample = last;
    return sample.epochNanos() + (nanos.getAsLong() - sample.at());
  }
}

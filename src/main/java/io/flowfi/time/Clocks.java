package io.flowfi.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time of day, which can be set, and a clock that nobody sets. What is told to people and what
 * amounts are computed from uses the first; how long something has lasted, or still has to wait,
 * uses the second: a time of day that is set ahead and put right would end everything at once, or
 * never. Any thread may ask.
 */
public final class Clocks implements InstantSource {
  private final InstantSource wall;
  private final LongSupplier nanos;
  private final Instant startInstant;
  private final long startNanos;

  /**
   * @param wall the time of day
   * @param nanos a clock that nobody sets, in nanoseconds; it may begin anywhere
   */
  public Clocks(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    this.startInstant = wall.instant();
    this.startNanos = nanos.getAsLong();
  }

  /** Those of this machine. */
  public static Clocks system() {
    return new Clocks(InstantSource.system(), System::nanoTime);
  }

  /** The time of day. */
  @Override
  public Instant instant() {
    return wall.instant();
  }

  /** Nanoseconds by the clock that nobody sets. */
  public long nanos() {
    return nanos.getAsLong();
  }

  /**
   * The same as an instant: what the time of day would be if nobody had set it since this was made.
   * For comparisons with itself only.
   */
  public Instant steadyInstant() {
    return startInstant.plusNanos(nanos.getAsLong() - startNanos);
  }
}

package io.flowfi.counts;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often values fell between bounds, and their sum. One thread counts, any thread reads: a
 * reader may miss the very latest value, or see it in the sum and not yet in its bucket.
 */
public final class Histogram {
  private static final long[] TIMES = {
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000
  };

  private static final long[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

  private final long[] bounds;
  private final double units;

  /** The buckets, the one of all larger values, and the sum. */
  private final AtomicLongArray counts;

  /**
   * @param bounds ascending; a value belongs to the first bound that it does not exceed
   * @param units how many of the units that are counted make one base unit
   */
  Histogram(long[] bounds, double units) {
    this.bounds = bounds.clone();
    this.units = units;
    this.counts = new AtomicLongArray(bounds.length + 2);
  }

  /** Of times from 0.1 ms to 30 s: they are counted in nanoseconds and read in seconds. */
  public static Histogram ofNanos() {
    return new Histogram(Arrays.stream(TIMES).map(TimeUnit.MICROSECONDS::toNanos).toArray(), 1e9);
  }

  /** Of sizes from 1 to 1024. */
  public static Histogram ofSizes() {
    return new Histogram(SIZES, 1);
  }

  /** Counts a value. For the one thread that counts. */
  public void count(long value) {
    int bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) {
      bucket++;
    }
    // one writer: a plain addition, published without a fence
    counts.lazySet(bucket, counts.getPlain(bucket) + 1);
    int sum = bounds.length + 1;
    counts.lazySet(sum, counts.getPlain(sum) + value);
  }

  /** What was counted until now. Any thread. */
  public HistogramCounts read() {
    double[] upper = new double[bounds.length];
    long[] read = new long[bounds.length + 1];
    for (int i = 0; i < read.length; i++) {
      read[i] = counts.getAcquire(i);
      if (i < upper.length) {
        upper[i] = inBaseUnit(bounds[i]);
      }
    }
    return new HistogramCounts(upper, read, inBaseUnit(counts.getAcquire(bounds.length + 1)));
  }

  private double inBaseUnit(long value) {
    return value / units;
  }
}

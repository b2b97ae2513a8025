package io.flowfi.counts;

import java.util.Arrays;

/**
 * What a {@link Histogram} has counted.
 *
 * @param bounds ascending, in the base unit (seconds for times)
 * @param counts values up to each bound and above the one before it; the last: above all bounds
 * @param sum of all values, in the base unit
 */
@SuppressWarnings("ArrayRecordComponent") // made for one reading, and read once
public record HistogramCounts(double[] bounds, long[] counts, double sum) {
  public HistogramCounts {
    if (counts.length != bounds.length + 1) {
      throw new IllegalArgumentException("counts must have one more than bounds");
    }
  }

  /** How many values there were. */
  public long count() {
    return Arrays.stream(counts).sum();
  }

  /**
   * The counts of two histograms together.
   *
   * @throws IllegalArgumentException if their bounds differ
   */
  public HistogramCounts plus(HistogramCounts other) {
    if (!Arrays.equals(bounds, other.bounds)) {
      throw new IllegalArgumentException("histograms with different bounds");
    }
    long[] both = counts.clone();
    Arrays.setAll(both, i -> counts[i] + other.counts[i]);
    return new HistogramCounts(bounds, both, sum + other.sum);
  }

  /**
   * What was counted since an earlier reading. All of it, if that one has more: then the counting
   * has begun anew.
   *
   * @throws IllegalArgumentException if the bounds differ
   */
  public HistogramCounts since(HistogramCounts before) {
    if (!Arrays.equals(bounds, before.bounds)) {
      throw new IllegalArgumentException("histograms with different bounds");
    }
    long[] more = counts.clone();
    for (int i = 0; i < more.length; i++) {
      more[i] -= before.counts[i];
      if (more[i] < 0) {
        return this;
      }
    }
    return new HistogramCounts(bounds, more, sum - before.sum);
  }

  /**
   * The value that this part of all values does not exceed, estimated within its bucket as
   * Prometheus does; the largest bound if it is above all of them, 0 without values.
   *
   * @param part from 0 to 1; 0.5 is the median
   */
  public double quantile(double part) {
    double rank = part * count();
    long before = 0;
    for (int i = 0; i < bounds.length; i++) {
      if (counts[i] > 0 && before + counts[i] >= rank) {
        double lower = i == 0 ? 0 : bounds[i - 1];
        return lower + (bounds[i] - lower) * (rank - before) / counts[i];
      }
      before += counts[i];
    }
    return before == count() ? 0 : bounds[bounds.length - 1];
  }
}

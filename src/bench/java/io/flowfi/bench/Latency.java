package io.flowfi.bench;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A latency distribution, in milliseconds.
 *
 * @param count how many were measured
 * @param curve points of the percentile plot: percentile, milliseconds
 */
record Latency(
    long count,
    double mean,
    double p50,
    double p90,
    double p99,
    double p999,
    double max,
    List<double[]> curve) {

  static final Latency NONE = new Latency(0, 0, 0, 0, 0, 0, 0, List.of());

  private static final double[] PERCENTILES = {
    0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99, 99.999
  };

  /** A histogram of microseconds up to a minute, exact to three digits. */
  static Histogram histogram() {
    return new Histogram(1, 60_000_000, 3);
  }

  /** The distribution in a histogram of microseconds. */
  static Latency of(Histogram micros) {
    if (micros.getTotalCount() == 0) {
      return NONE;
    }
    List<double[]> curve = new ArrayList<>();
    for (double p : PERCENTILES) {
      curve.add(new double[] {p, at(micros, p)});
    }
    return new Latency(
        micros.getTotalCount(),
        micros.getMean() / 1000,
        at(micros, 50),
        at(micros, 90),
        at(micros, 99),
        at(micros, 99.9),
        micros.getMaxValue() / 1000.0,
        curve);
  }

  private static double at(Histogram micros, double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }
}

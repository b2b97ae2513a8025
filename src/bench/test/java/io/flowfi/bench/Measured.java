package io.flowfi.bench;

import java.util.List;
import java.util.Map;

/** Results that a test makes up. */
final class Measured {
  private Measured() {}

  static Results results(Measurement... all) {
    Results results = new Results(Map.of("date", "2026-11-30"));
    results.measurements.addAll(List.of(all));
    return results;
  }

  static Measurement own(int row, String variant, int connections) {
    return Measurement.of(row, FlowFiServer.NAME, variant, connections);
  }

  static Measurement before(int row, String variant, int connections) {
    return Measurement.of(row, FlowFiServer.BEFORE, variant, connections);
  }

  static Latency latency(double p50, double p99, double max) {
    return new Latency(1000, p50, p50, p99, p99, max, max, List.of());
  }

  /** The only verdict of a row whose goal begins so. */
  static Verdicts.Verdict verdict(List<Verdicts.Verdict> all, String row, String goal) {
    List<Verdicts.Verdict> found =
        all.stream().filter(v -> v.row().equals(row) && v.goal().startsWith(goal)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " verdicts " + row + " " + goal + ": " + all);
    }
    return found.get(0);
  }
}

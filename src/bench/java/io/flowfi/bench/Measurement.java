package io.flowfi.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The result of one measurement.
 *
 * @param row the row of the table it belongs to
 * @param server which server
 * @param variant distinguishes it from others of this row and server; may be empty
 * @param connections how many subscribers there were
 * @param figures by name; the unit is part of the name
 * @param latency publish to receipt, or command to answer for row 6
 */
record Measurement(
    int row,
    String server,
    String variant,
    int connections,
    Map<String, Double> figures,
    Latency latency) {

  static Measurement of(int row, String server, String variant, int connections) {
    return new Measurement(row, server, variant, connections, new LinkedHashMap<>(), Latency.NONE);
  }

  Measurement with(String figure, double value) {
    figures.put(figure, value);
    return this;
  }

  Measurement with(Latency measured) {
    return new Measurement(row, server, variant, connections, figures, measured);
  }

  /** A figure, or NaN if it was not measured. */
  double figure(String name) {
    return figures.getOrDefault(name, Double.NaN);
  }
}

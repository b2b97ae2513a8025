package io.flowfi.web.admin;

import io.flowfi.metrics.KeptSample;
import io.flowfi.metrics.NodeSample.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The last hour as columns, oldest first: they are a third of the size of rows, and what a plot
 * wants. All have the same length; null where nothing is known.
 *
 * @param time in Unix seconds, with milliseconds behind the point
 * @param connections a column for each kind of filter
 * @param byNode a column for each node of the log that lived in that time
 * @param slowestEvents how far the slowest connection was behind
 * @param closes the count at the beginning of the hour, by reason; {@code rejections} likewise, by
 *     limit
 */
record StatsHistory(
    String node,
    long intervalSeconds,
    List<Double> time,
    Map<String, List<Integer>> connections,
    Map<String, List<Integer>> byNode,
    List<Double> eventsPerSecond,
    List<Double> deliveriesPerSecond,
    List<Double> bytesPerSecond,
    List<Double> commitP50Millis,
    List<Double> commitP99Millis,
    List<Double> deliveryP50Millis,
    List<Double> deliveryP99Millis,
    List<Long> slowestEvents,
    List<Integer> slowClients,
    Map<String, Long> closes,
    Map<String, Long> rejections) {

  static StatsHistory of(List<KeptSample> kept, String node, long intervalSeconds) {
    return new StatsHistory(
        node,
        intervalSeconds,
        column(kept, sample -> sample.at().toEpochMilli() / 1000.0),
        columns(kept, KeptSample::connections, 0),
        columns(kept, KeptSample::byNode, null),
        rates(kept, Flow::events),
        rates(kept, Flow::deliveries),
        rates(kept, Flow::bytes),
        millis(kept, flow -> flow.commits().p50()),
        millis(kept, flow -> flow.commits().p99()),
        millis(kept, flow -> flow.latency().p50()),
        millis(kept, flow -> flow.latency().p99()),
        column(kept, sample -> sample.mostBehind().orElse(null)),
        column(kept, KeptSample::slowClients),
        kept.isEmpty() ? Map.of() : kept.get(0).closes(),
        kept.isEmpty() ? Map.of() : kept.get(0).rejections());
  }

  /**
   * @param none for a sample that does not have the key
   */
  private static Map<String, List<Integer>> columns(
      List<KeptSample> kept, Function<KeptSample, Map<String, Integer>> counts, Integer none) {
    TreeSet<String> keys = new TreeSet<>();
    kept.forEach(sample -> keys.addAll(counts.apply(sample).keySet()));
    Map<String, List<Integer>> columns = new TreeMap<>();
    for (String key : keys) {
      columns.put(key, column(kept, sample -> counts.apply(sample).getOrDefault(key, none)));
    }
    return columns;
  }

  private static List<Double> rates(List<KeptSample> kept, ToDoubleFunction<Flow> rate) {
    return column(
        kept,
        sample ->
            sample.flow().map(flow -> LiveStats.rounded(rate.applyAsDouble(flow))).orElse(null));
  }

  private static List<Double> millis(List<KeptSample> kept, Function<Flow, OptionalDouble> which) {
    return column(
        kept,
        sample -> sample.flow().map(which).map(LiveStats.LivePercentiles::millis).orElse(null));
  }

  private static <T> List<T> column(List<KeptSample> kept, Function<KeptSample, T> value) {
    List<T> column = new ArrayList<>(kept.size());
    kept.forEach(sample -> column.add(value.apply(sample)));
    return column;
  }
}

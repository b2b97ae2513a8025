package io.flowfi.metrics;

import io.flowfi.counts.HistogramCounts;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one scrape answers, as it is written. Names are without the prefix {@code flowfi_}, in base
 * units, and end as Prometheus wants it: {@code _total} for a counter, {@code _seconds}, {@code
 * _bytes}.
 *
 * <p>Values of labels are words of ours, from a short list: never an address, an id, a path or
 * anything else that a client sends, or the number of series would have no bound.
 */
public final class Sheet {
  private static final String PREFIX = "flowfi_";
  private static final String TOTAL = "_total";

  /** Of one name: the values of its label, or the combinations of those of several. */
  private static final int MOST_SERIES = 64;

  private static final Pattern NAME = Pattern.compile("[a-z]+(_[a-z0-9]+)*");
  private static final Pattern LABEL_VALUE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._:-]{0,63}");

  private final Map<String, MetricSnapshot> written = new LinkedHashMap<>();

  Sheet() {}

  /** A value that goes up and down. */
  public void gauge(String name, String help, double value) {
    add(name, gauges(name, help).dataPoint(gauge(Labels.EMPTY, value)).build());
  }

  /** The same for each value of a label. */
  public void gauge(String name, String help, String label, Map<String, ? extends Number> values) {
    GaugeSnapshot.Builder gauges = gauges(name, help);
    checked(label, values)
        .forEach((word, value) -> gauges.dataPoint(gauge(Labels.of(label, word), value)));
    add(name, gauges.build());
  }

  /**
   * The same for each combination of the values of labels.
   *
   * @param values by the values of the labels, in their order
   */
  public void gauge(
      String name, String help, List<String> labels, Map<List<String>, ? extends Number> values) {
    check(labels, values.size(), values.keySet().stream().flatMap(List::stream));
    GaugeSnapshot.Builder gauges = gauges(name, help);
    values.forEach((words, value) -> gauges.dataPoint(gauge(Labels.of(labels, words), value)));
    add(name, gauges.build());
  }

  /**
   * A value that only grows while the process lives.
   *
   * @param name ends with {@code _total}
   */
  public void counter(String name, String help, double value) {
    add(name, counters(name, help).dataPoint(counter(Labels.EMPTY, value)).build());
  }

  /** The same for each value of a label. */
  public void counter(
      String name, String help, String label, Map<String, ? extends Number> values) {
    CounterSnapshot.Builder counters = counters(name, help);
    checked(label, values)
        .forEach((word, value) -> counters.dataPoint(counter(Labels.of(label, word), value)));
    add(name, counters.build());
  }

  /** How values are distributed. */
  public void histogram(String name, String help, HistogramCounts counts) {
    int bounded = counts.bounds().length;
    double[] bounds = Arrays.copyOf(counts.bounds(), bounded + 1);
    bounds[bounded] = Double.POSITIVE_INFINITY;
    add(
        name,
        HistogramSnapshot.builder()
            .name(PREFIX + name)
            .help(help)
            .dataPoint(
                HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts.counts()))
                    .sum(counts.sum())
                    .build())
            .build());
  }

  /**
   * Words instead of a number: the value of each label.
   *
   * @param name without {@code _info}, which is added
   */
  public void info(String name, String help, Map<String, String> words) {
    Labels labels = Labels.EMPTY;
    for (Map.Entry<String, String> word : words.entrySet()) {
      labels = labels.add(word.getKey(), word.getValue());
    }
    add(
        name,
        InfoSnapshot.builder()
            .name(PREFIX + name)
            .help(help)
            .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(labels).build())
            .build());
  }

  private void add(String name, MetricSnapshot snapshot) {
    if (!NAME.matcher(name).matches() || written.putIfAbsent(name, snapshot) != null) {
      throw new IllegalArgumentException("not a new name: " + name);
    }
  }

  private static <N extends Number> Map<String, N> checked(String label, Map<String, N> values) {
    check(List.of(label), values.size(), values.keySet().stream());
    return values;
  }

  private static void check(List<String> labels, int series, Stream<String> words) {
    if (series > MOST_SERIES || !words.allMatch(word -> LABEL_VALUE.matcher(word).matches())) {
      throw new IllegalArgumentException("too many series, or no words, of the labels " + labels);
    }
  }

  private static GaugeSnapshot.Builder gauges(String name, String help) {
    return GaugeSnapshot.builder().name(PREFIX + name).help(help);
  }

  private static GaugeDataPointSnapshot gauge(Labels labels, Number value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value.doubleValue()).build();
  }

  private static CounterSnapshot.Builder counters(String name, String help) {
    if (!name.endsWith(TOTAL)) {
      throw new IllegalArgumentException("a counter ends with _total: " + name);
    }
    // the library adds the ending
    return CounterSnapshot.builder()
        .name(PREFIX + name.substring(0, name.length() - TOTAL.length()))
        .help(help);
  }

  private static CounterDataPointSnapshot counter(Labels labels, Number value) {
    return CounterDataPointSnapshot.builder().labels(labels).value(value.doubleValue()).build();
  }

  Iterable<MetricSnapshot> written() {
    return written.values();
  }
}

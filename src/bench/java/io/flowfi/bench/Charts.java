package io.flowfi.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;

/** The report's plots, as SVG. */
final class Charts {
  private static final int WIDTH = 980;
  private static final int HEIGHT = 460;

  private final Results results;

  Charts(Results results) {
    this.results = results;
  }

  /** Percentiles at 50 events/s; the further right, the rarer. */
  Optional<String> latency() {
    XYChart chart = xy("Latency at 50 events/s, 1,000 subscribers", "percentile", "milliseconds");
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setxAxisTickLabelsFormattingFunction(Charts::percentile);
    chart.getStyler().setYAxisDecimalPattern("#,##0.##");
    for (Measurement m : results.all(2, m -> m.latency().count() > 0)) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      for (double[] point : m.latency().curve()) {
        x.add(Math.log10(100 / (100 - point[0])));
        y.add(Math.max(0.01, point[1]));
      }
      chart.addSeries(m.server(), x, y);
    }
    return svg(chart);
  }

  /**
   * The axis counts nines: 1 is p90, 2 is p99, 3 is p99.9. A logarithmic axis of the library has no
   * such labels.
   */
  private static String percentile(Double nines) {
    if (nines != Math.rint(nines)) {
      return "";
    }
    int digits = Math.max(0, nines.intValue() - 2);
    return String.format(Locale.ROOT, "p%." + digits + "f", 100 - Math.pow(10, 2 - nines));
  }

  /** Deliveries a second against subscribers. */
  Optional<String> throughput() {
    XYChart chart = xy("Deliveries a second at saturation", "subscribers", "deliveries/s");
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setDecimalPattern("#,###");
    lines(chart, 1, "saturation", "deliveries_per_s", 1);
    return svg(chart);
  }

  /** Resident memory against idle connections. */
  Optional<String> memory() {
    XYChart chart = xy("Resident memory of idle connections", "connections", "MB");
    lines(chart, 3, "ramp", "resident_kb", 1 / 1024.0);
    return svg(chart);
  }

  /** Subscriptions a second. */
  Optional<String> connecting() {
    List<Measurement> all = results.all(4, m -> !Double.isNaN(m.figure("connects_per_s")));
    if (all.isEmpty()) {
      return Optional.empty();
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Subscriptions a second")
            .build();
    chart.getStyler().setLegendVisible(false);
    style(chart.getStyler());
    chart.addSeries(
        "subscriptions/s",
        all.stream().map(Measurement::server).toList(),
        all.stream().map(m -> m.figure("connects_per_s")).toList());
    return Optional.of(encode(chart));
  }

  private void lines(XYChart chart, int row, String variant, String figure, double scale) {
    for (String server : results.servers()) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      for (Measurement m :
          results.all(row, m -> m.server().equals(server) && m.variant().equals(variant))) {
        if (!Double.isNaN(m.figure(figure))) {
          x.add((double) m.connections());
          y.add(Math.max(scale, m.figure(figure) * scale)); // a logarithmic axis has no zero
        }
      }
      if (!x.isEmpty()) {
        chart.addSeries(server, x, y);
      }
    }
  }

  private static XYChart xy(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    style(chart.getStyler());
    return chart;
  }

  private static void style(Styler styler) {
    styler.setChartBackgroundColor(java.awt.Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
  }

  private static Optional<String> svg(XYChart chart) {
    return chart.getSeriesMap().isEmpty() ? Optional.empty() : Optional.of(encode(chart));
  }

  private static String encode(Chart<?, ?> chart) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Without the XML declaration and document type, which are not allowed inside a page.
    String svg = out.toString(StandardCharsets.UTF_8);
    return svg.substring(svg.indexOf("<svg"));
  }
}

package io.flowfi.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The report as one self-contained HTML page: tables, plots, profiles. */
final class Report {
  private static final String STYLE =
      """
      body{font:15px/1.5 system-ui,sans-serif;max-width:1060px;margin:2rem auto;padding:0 1rem;color:#1b1f24}
      table{border-collapse:collapse;margin:1rem 0;width:100%}th,td{border-bottom:1px solid #d5dae0;padding:.35rem .6rem;text-align:left}
      th{font-weight:600}.yes{color:#11703c}.no{color:#a4271e}pre{background:#f4f6f8;padding:1rem;overflow:auto;font-size:12px}
      figure{margin:1.5rem 0}svg{max-width:100%;height:auto}
      """;

  private final Results results;
  private final StringBuilder html = new StringBuilder();

  Report(Results results) {
    this.results = results;
  }

  String html() {
    html.append(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>FlowFi Events benchmark</title><style>")
        .append(STYLE)
        .append("</style><h1>FlowFi Events benchmark</h1><p>");
    results.machine.forEach(
        (name, value) -> html.append(escape(name + ": " + value)).append("<br>"));
    html.append("</p><h2>Goals</h2>");
    goals();
    html.append("<h2>Plots</h2>");
    Charts charts = new Charts(results);
    charts.latency().ifPresent(this::figure);
    charts.throughput().ifPresent(this::figure);
    charts.memory().ifPresent(this::figure);
    charts.connecting().ifPresent(this::figure);
    html.append("<h2>All measurements</h2>");
    measurements();
    results.profiles.forEach(
        (title, text) ->
            html.append("<h2>")
                .append(escape(title))
                .append("</h2><pre>")
                .append(escape(text))
                .append("</pre>"));
    if (!results.skipped.isEmpty()) {
      html.append("<h2>Not measured</h2><ul>");
      results.skipped.forEach((name, why) -> html.append("<li>").append(escape(name + ": " + why)));
      html.append("</ul>");
    }
    return html.append("</html>\n").toString();
  }

  private void figure(String svg) {
    html.append("<figure>").append(svg).append("</figure>");
  }

  private void goals() {
    html.append("<table><tr><th>#<th>goal<th>FlowFi<th>best peer<th>ratio<th>met");
    for (Verdicts.Verdict v : Verdicts.of(results)) {
      html.append("<tr>");
      for (String cell : List.of(v.row(), v.goal(), v.flowfi(), v.peer(), v.ratio())) {
        html.append("<td>").append(escape(cell));
      }
      html.append(v.met() ? "<td class=yes>yes" : "<td class=no>no");
    }
    html.append("</table>");
  }

  private void measurements() {
    html.append(
        "<table><tr><th>row<th>server<th>variant<th>connections<th>figures<th>latency ms: p50, p99, p99.9, max");
    for (Measurement m : results.measurements) {
      html.append("<tr><td>").append(m.row()).append("<td>").append(escape(m.server()));
      html.append("<td>")
          .append(escape(m.variant()))
          .append("<td>")
          .append(Progress.number(m.connections()))
          .append("<td>");
      Map<String, Double> sorted = new TreeMap<>(m.figures());
      sorted.forEach(
          (name, value) ->
              html.append(name).append(' ').append(Progress.number(value)).append("; "));
      Latency l = m.latency();
      html.append("<td>");
      if (l.count() > 0) {
        html.append("%.2f, %.2f, %.2f, %.1f".formatted(l.p50(), l.p99(), l.p999(), l.max()));
      }
    }
    html.append("</table>");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}

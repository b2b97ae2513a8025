package io.flowfi.bench;

import static io.flowfi.bench.Progress.number;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The tables of {@code docs/benchmarks.md}. */
final class MarkdownTables {
  private static final String MARK = "<!-- figures -->";

  private final Results results;
  private final StringBuilder text = new StringBuilder();

  MarkdownTables(Results results) {
    this.results = results;
  }

  /** Replaces the text between the two marks. */
  static void replaceIn(Path file, String tables) throws IOException {
    String page = Files.readString(file);
    int first = page.indexOf(MARK);
    int last = page.lastIndexOf(MARK);
    if (first < 0 || first == last) {
      throw new IOException(file + " has no two lines " + MARK);
    }
    Files.writeString(
        file, page.substring(0, first) + MARK + "\n\n" + tables + "\n" + page.substring(last));
  }

  String text() {
    line(
        results.machine.entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue())
            .collect(Collectors.joining("; ")));
    line("");
    header("#", "goal", "FlowFi", "best peer", "ratio", "met");
    for (Verdicts.Verdict v : Verdicts.of(results)) {
      row(v.row(), v.goal(), v.flowfi(), v.peer(), v.ratio(), v.met() ? "yes" : "no");
    }
    saturation(1, "Saturation, 32 publishing connections");
    saturation(11, "Saturation with few and many subscribers, in turns");
    latency();
    memory();
    connecting();
    connectingInTurns();
    acrossNodes();
    moreNodes();
    backfill();
    scrapes();
    chainLatency();
    results.skipped.forEach((name, why) -> line("\nNot measured: " + name + " (" + why + ")"));
    return text.toString();
  }

  private void saturation(int row, String title) {
    List<Measurement> all = results.all(row, m -> m.variant().equals("saturation"));
    if (all.isEmpty()) {
      return;
    }
    line("\n" + title + "\n");
    header(
        "server",
        "subscribers",
        "published/s",
        "deliveries/s",
        "bytes each",
        "delivered of expected",
        "server cores",
        "client cores",
        "others");
    for (Measurement m : all) {
      row(
          m.server(),
          number(m.connections()),
          number(m.figure("published_per_s")),
          number(m.figure("deliveries_per_s")),
          number(m.figure("bytes_per_delivery")),
          "%.1f %%".formatted(100 * m.figure("delivered") / m.figure("expected")),
          number(m.figure("server_cpu_cores")),
          number(m.figure("client_cpu_cores")),
          number(m.figure("other_cpu_cores")));
    }
  }

  private void latency() {
    List<Measurement> all = results.all(2, m -> m.latency().count() > 0);
    if (all.isEmpty()) {
      return;
    }
    line(
        "\nLatency at 50 events/s to 1,000 subscribers, milliseconds from publish request to receipt\n");
    header("server", "mean", "p50", "p90", "p99", "p99.9", "max", "server cores", "others");
    for (Measurement m : all) {
      Latency l = m.latency();
      row(
          m.server(),
          number(l.mean()),
          number(l.p50()),
          number(l.p90()),
          number(l.p99()),
          number(l.p999()),
          number(l.max()),
          number(m.figure("server_cpu_cores")),
          number(m.figure("other_cpu_cores")));
    }
  }

  private void memory() {
    List<Measurement> all = results.all(3, m -> m.variant().equals("total"));
    if (all.isEmpty()) {
      return;
    }
    line("\nMemory of idle connections\n");
    header(
        "server",
        "connections",
        "resident before, MB",
        "KB a connection",
        "after a full collection",
        "live heap KB a connection",
        "idle CPU, % of a core",
        "with all connections");
    for (Measurement m : all) {
      row(
          m.server(),
          number(m.connections()),
          number(m.figure("resident_before_kb") / 1024),
          number(m.figure("kb_per_connection")),
          number(m.figure("kb_per_connection_after_gc")),
          number(m.figure("live_heap_kb_per_connection")),
          number(100 * idleCores(m.server(), "idle")),
          number(100 * idleCores(m.server(), "idle-all")));
    }
  }

  private double idleCores(String server, String variant) {
    return results
        .one(3, server, i -> i.variant().equals(variant))
        .map(i -> i.figure("server_cpu_cores"))
        .orElse(Double.NaN);
  }

  private void connecting() {
    List<Measurement> all = results.all(4, m -> !Double.isNaN(m.figure("connects_per_s")));
    if (all.isEmpty()) {
      return;
    }
    line("\nConnecting, 200 under way at a time\n");
    header(
        "server",
        "subscriptions/s",
        "cold",
        "p50 ms",
        "p99 ms",
        "server cores",
        "client cores",
        "gone noticed after, s");
    for (Measurement m : all) {
      row(
          m.server(),
          number(m.figure("connects_per_s")),
          number(m.figure("first_round_per_s")),
          number(m.latency().p50()),
          number(m.latency().p99()),
          number(m.figure("server_cpu_cores")),
          number(m.figure("client_cpu_cores")),
          number(m.figure("noticed_gone_s")));
    }
  }

  private void connectingInTurns() {
    List<Measurement> all = results.all(12, m -> true);
    if (all.isEmpty()) {
      return;
    }
    line("\nConnecting side by side, 200 under way at a time\n");
    header(
        "server", "when", "subscriptions/s", "µs of the server each", "p50 ms", "p99 ms", "others");
    for (Measurement m : all) {
      row(
          m.server(),
          m.variant(),
          number(m.figure("connects_per_s")),
          number(m.figure("server_us_each")),
          number(m.latency().p50()),
          number(m.latency().p99()),
          number(m.figure("other_cpu_cores")));
    }
  }

  private void acrossNodes() {
    List<Measurement> all = results.all(14, m -> true);
    if (all.isEmpty()) {
      return;
    }
    line("\nTwo nodes at 50 events/s, milliseconds from publish request to receipt\n");
    header("nodes", "mean", "p50", "p90", "p99", "max", "others");
    for (Measurement m : all) {
      Latency l = m.latency();
      row(
          m.variant(),
          number(l.mean()),
          number(l.p50()),
          number(l.p90()),
          number(l.p99()),
          number(l.max()),
          number(m.figure("other_cpu_cores")));
    }
  }

  private void moreNodes() {
    List<Measurement> all = results.all(15, m -> !Double.isNaN(m.figure("deliveries_per_s")));
    if (all.isEmpty()) {
      return;
    }
    line("\nThe same subscribers on more nodes, flat out\n");
    header(
        "nodes",
        "subscribers",
        "published/s",
        "deliveries/s",
        "µs of the nodes each",
        "cores of the nodes",
        "of PostgreSQL and Redis",
        "others");
    for (Measurement m : all) {
      row(
          m.variant(),
          number(m.connections()),
          number(m.figure("published_per_s")),
          number(m.figure("deliveries_per_s")),
          number(m.figure("node_us_a_delivery")),
          number(m.figure("node_cores")),
          number(m.figure("database_and_redis_cores")),
          number(m.figure("other_cpu_cores")));
    }
  }

  private void scrapes() {
    List<Measurement> all = results.all(18, m -> true);
    if (all.isEmpty()) {
      return;
    }
    line(
        "\nReading the figures beside 50 events/s to 1,000 subscribers, milliseconds from publish request to receipt\n");
    header(
        "figures",
        "scrapes/s",
        "p50 of one",
        "p99",
        "delivered of expected",
        "p50",
        "p99",
        "max",
        "server cores",
        "others");
    for (Measurement m : all) {
      row(
          m.variant(),
          number(m.figure("scrapes_per_s")),
          number(m.figure("scrape_p50_ms")),
          number(m.figure("scrape_p99_ms")),
          "%.4f %%".formatted(100 * m.figure("delivered") / m.figure("expected")),
          number(m.latency().p50()),
          number(m.latency().p99()),
          number(m.latency().max()),
          number(m.figure("server_cpu_cores")),
          number(m.figure("other_cpu_cores")));
    }
  }

  private void backfill() {
    List<Measurement> all = results.all(17, m -> true);
    if (all.isEmpty()) {
      return;
    }
    line("\nCatching up with 100,000 events of a chain, from the RPC's answers to a subscriber\n");
    header(
        "database",
        "events/s beside commands",
        "alone, just started",
        "commands/s alone",
        "commands meanwhile, p50 ms",
        "p99 ms",
        "resident, MB",
        "heap grown, MB",
        "server cores",
        "others");
    for (Measurement m : all) {
      row(
          m.variant(),
          number(m.figure("events_per_s")),
          number(m.figure("first_events_per_s")),
          number(m.figure("commands_per_s")),
          number(m.latency().p50()),
          number(m.latency().p99()),
          number(m.figure("resident_kb") / 1024),
          number(m.figure("heap_grown_kb") / 1024),
          number(m.figure("server_cpu_cores")),
          number(m.figure("other_cpu_cores")));
    }
  }

  private void chainLatency() {
    List<Measurement> all = results.all(19, m -> true);
    if (all.isEmpty()) {
      return;
    }
    line("\nFrom the RPC to a subscriber, milliseconds\n");
    header("node", "p50", "p90", "p99", "max", "server cores", "others");
    for (Measurement m : all) {
      row(
          m.variant(),
          number(m.latency().p50()),
          number(m.latency().p90()),
          number(m.latency().p99()),
          number(m.latency().max()),
          number(m.figure("server_cpu_cores")),
          number(m.figure("other_cpu_cores")));
    }
  }

  private void header(String... cells) {
    row(cells);
    line("|" + "---|".repeat(cells.length));
  }

  private void row(String... cells) {
    line("| " + String.join(" | ", cells) + " |");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}

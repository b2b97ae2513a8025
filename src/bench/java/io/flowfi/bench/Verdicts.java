package io.flowfi.bench;

import static io.flowfi.bench.Progress.number;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares the figures with the goals: one line for each measured row. */
final class Verdicts {
  /**
   * A row of the table.
   *
   * @param flowfi what FlowFi reached
   * @param peer the best peer in the same run; empty where there is none
   * @param ratio FlowFi to that peer; empty where there is none
   * @param met whether the goal is reached
   */
  record Verdict(String row, String goal, String flowfi, String peer, String ratio, boolean met) {}

  /**
   * A heap that has grown by less is flat: what is alive differs as much from one time to another.
   */
  static final double FLAT_HEAP_KB = 10 * 1024;

  private final Results results;
  private final List<Verdict> verdicts = new ArrayList<>();

  private Verdicts(Results results) {
    this.results = results;
  }

  static List<Verdict> of(Results results) {
    Verdicts v = new Verdicts(results);
    v.saturation();
    v.latency();
    v.memory();
    v.connecting();
    v.manyStreams();
    v.commands();
    v.storm();
    v.stalled();
    v.churn();
    v.history();
    v.manySubscribers();
    v.connectingInTurns();
    v.everyCommand();
    v.verdicts.addAll(ClusterVerdicts.of(results));
    v.verdicts.addAll(BackfillVerdicts.of(results));
    v.verdicts.addAll(ChainLatencyVerdict.of(results));
    v.verdicts.addAll(ScrapesVerdict.of(results));
    v.verdicts.addAll(BeforeVerdicts.of(results));
    return v.verdicts;
  }

  private Optional<Measurement> flowfi(int row, Predicate<Measurement> which) {
    return results.one(row, FlowFiServer.NAME, which);
  }

  private Optional<Measurement> before(int row, Predicate<Measurement> which) {
    return results.one(row, FlowFiServer.BEFORE, which);
  }

  private void saturation() {
    Predicate<Measurement> which = m -> m.connections() == 1000 && m.variant().equals("saturation");
    compare(
        "1",
        "deliveries/s, 1,000 subscribers: 20x nchan",
        which,
        m -> m.figure("deliveries_per_s"),
        (own, peer) -> own >= 20 * peer,
        1);
  }

  private void latency() {
    Predicate<Measurement> which = m -> m.variant().equals("rate");
    compare(
        "2",
        "p50 ms at 50 events/s: not above",
        which,
        m -> m.latency().p50(),
        (own, peer) -> own <= peer,
        2);
    compare(
        "2",
        "p99 ms at 50 events/s: not above",
        which,
        m -> m.latency().p99(),
        (own, peer) -> own <= peer,
        2);
  }

  private void memory() {
    compare(
        "3",
        "KB resident a connection: 5, below the best peer",
        m -> m.variant().equals("total"),
        m -> m.figure("kb_per_connection_after_gc"),
        (own, peer) -> own <= 5 && (Double.isNaN(peer) || own < peer),
        3);
  }

  private void connecting() {
    compare(
        "4",
        "subscriptions/s: 10,000",
        m -> true,
        m -> m.figure("connects_per_s"),
        (own, peer) -> own >= 10_000,
        4);
  }

  private interface Goal {
    boolean met(double own, double peer);
  }

  private void compare(
      String row,
      String goal,
      Predicate<Measurement> which,
      ToDoubleFunction<Measurement> figure,
      Goal met,
      int of) {
    boolean moreIsBetter = of == 1 || of == 4;
    Comparator<Measurement> better = Comparator.comparingDouble(figure);
    Optional<Measurement> own = flowfi(of, which);
    Optional<Measurement> peer =
        results.bestPeer(of, which, moreIsBetter ? better : better.reversed());
    if (own.isEmpty()) {
      return;
    }
    double value = figure.applyAsDouble(own.get());
    double other = peer.map(figure::applyAsDouble).orElse(Double.NaN);
    verdicts.add(
        new Verdict(
            row,
            goal,
            number(value),
            peer.map(m -> m.server() + " " + number(other)).orElse(""),
            peer.isPresent() ? number(value / other) : "",
            met.met(value, other)));
  }

  private void alone(int row, String goal, String reached, boolean met) {
    verdicts.add(new Verdict(Integer.toString(row), goal, reached, "", "", met));
  }

  private void beside(
      int row, String goal, String reached, String rival, double ratio, boolean met) {
    verdicts.add(
        new Verdict(
            Integer.toString(row),
            goal,
            reached,
            rival,
            Double.isNaN(ratio) ? "" : number(ratio),
            met));
  }

  private void manyStreams() {
    Optional<Measurement> few = flowfi(5, m -> m.connections() == 10);
    Optional<Measurement> many = flowfi(5, m -> m.connections() > 10);
    if (few.isPresent() && many.isPresent()) {
      double ratio = many.get().figure("published_per_s") / few.get().figure("published_per_s");
      String reached =
          "%s/s to %s/s: %.2f; p50 %.2f ms"
              .formatted(
                  number(few.get().figure("published_per_s")),
                  number(many.get().figure("published_per_s")),
                  ratio,
                  many.get().latency().p50());
      alone(
          5, "ratio 0.9, p50 below 2 ms", reached, ratio >= 0.9 && many.get().latency().p50() < 2);
    }
  }

  private void commands() {
    Optional<Measurement> flatOut = flowfi(6, m -> m.variant().equals("flat out"));
    Optional<Measurement> half = flowfi(6, m -> m.variant().equals("half rate"));
    Optional<Measurement> oneStream = flowfi(6, m -> m.variant().equals("one stream"));
    if (flatOut.isPresent() && half.isPresent() && oneStream.isPresent()) {
      double rate = flatOut.get().figure("commands_per_s");
      double p99 = half.get().latency().p99();
      String reached =
          "%s/s to 64 streams, %s/s to one; p99 %.1f ms at %s/s"
              .formatted(
                  number(rate),
                  number(oneStream.get().figure("commands_per_s")),
                  p99,
                  number(half.get().figure("commands_per_s")));
      alone(
          6,
          "20,000 durable commands/s; p99 below 50 ms at half",
          reached,
          rate >= 20_000 && p99 < 50);
      before(6, m -> m.variant().equals("flat out"))
          .map(m -> m.figure("commands_per_s"))
          .ifPresent(
              then ->
                  beside(
                      6,
                      "commands/s to 64 streams: 1.5x the build before",
                      number(rate),
                      "before " + number(then),
                      rate / then,
                      rate >= 1.5 * then));
    }
  }

  private void storm() {
    flowfi(7, m -> true)
        .ifPresent(
            m -> {
              boolean all = m.figure("caught_up") >= m.connections();
              String reached =
                  "%s of %s in %.1f s; others' p99 %.0f ms"
                      .formatted(
                          number(m.figure("caught_up")),
                          number(m.connections()),
                          m.figure("caught_up_s"),
                          m.latency().p99());
              alone(
                  7,
                  "all caught up in 5 s; others' p99 below 250 ms",
                  reached,
                  all && m.figure("caught_up_s") < 5 && m.latency().p99() < 250);
            });
  }

  private void stalled() {
    Optional<Measurement> without = flowfi(8, m -> m.variant().equals("all read"));
    Optional<Measurement> with = flowfi(8, m -> m.variant().equals("some stalled"));
    if (without.isPresent() && with.isPresent()) {
      double ratio = with.get().latency().p99() / without.get().latency().p99();
      double grown = with.get().figure("heap_after_kb") - with.get().figure("heap_before_kb");
      String reached =
          "p99 %.1f to %.1f ms: %.2f; heap %+.1f MB"
              .formatted(
                  without.get().latency().p99(), with.get().latency().p99(), ratio, grown / 1024);
      alone(8, "p99 within 1.2x, heap flat", reached, ratio <= 1.2 && grown < FLAT_HEAP_KB);
    }
  }

  private void churn() {
    flowfi(9, m -> true)
        .ifPresent(
            m -> {
              double heap = m.figure("heap_after_kb") - m.figure("heap_before_kb");
              double files = m.figure("files_after") - m.figure("files_before");
              String reached =
                  "%s connections in %.0f s: heap %+.1f MB, files %+.0f, %.0f errors logged"
                      .formatted(
                          number(m.figure("connections")),
                          m.figure("seconds"),
                          heap / 1024,
                          files,
                          m.figure("errors_logged"));
              boolean met =
                  heap < FLAT_HEAP_KB
                      && files < 100
                      && m.figure("errors_logged") == 0
                      && m.figure("refused") + m.figure("failed") == 0;
              alone(9, "heap and open files flat, no error logged", reached, met);
            });
  }

  private void everyCommand() {
    for (Manner manner : Manner.values()) {
      flowfi(13, m -> m.variant().equals(manner.words()))
          .ifPresent(
              m -> {
                String reached =
                    "%s of %s, at the latest after %.0f ms"
                        .formatted(
                            number(m.figure("clean")),
                            number(m.figure("commands")),
                            m.latency().max());
                boolean met = m.figure("clean") == m.figure("commands");
                alone(13, "every command answered, " + manner.words(), reached, met);
              });
    }
  }

  private void history() {
    Optional<Measurement> few = flowfi(10, m -> m.variant().equals(HistoryStep.SHORT));
    Optional<Measurement> many = flowfi(10, m -> m.variant().equals(HistoryStep.LONG));
    if (few.isPresent() && many.isPresent()) {
      double page = many.get().figure("page_ms");
      double worst = many.get().figure("worst_ratio");
      String reached =
          "%.2f ms to %.2f ms; the worst page %.2f"
              .formatted(few.get().figure("page_ms"), page, worst);
      alone(10, "a page of 3,000,000 events to one of 3,000: 1.5", reached, worst <= 1.5);
      before(10, m -> m.variant().equals(HistoryStep.LONG))
          .map(m -> m.figure("page_ms"))
          .ifPresent(
              then ->
                  beside(
                      10,
                      "ms a page of 3,000,000 events: 100 times below the build before",
                      "%.2f".formatted(page),
                      "before " + number(then),
                      page / then,
                      then >= 100 * page));
    }
    flowfi(10, m -> m.variant().equals(HistoryStep.BESIDE_READERS))
        .ifPresent(
            m -> {
              double slowdown = HistoryStep.slowdown(results).orElse(Double.NaN);
              String reached =
                  "p99 %.1f ms: %.2f; %s pages/s; not ready %.0f of %.0f times"
                      .formatted(
                          m.latency().p99(),
                          slowdown,
                          number(m.figure("pages_per_s")),
                          m.figure("not_ready"),
                          m.figure("readiness_asked"));
              boolean met = slowdown <= 2 && m.figure("not_ready") == 0;
              alone(10, "commands beside 16 readers: p99 within 2x, always ready", reached, met);
            });
  }

  private void manySubscribers() {
    OptionalDouble own = keptAtMany(FlowFiServer.NAME);
    if (own.isPresent()) {
      String others =
          Stream.of(FlowFiServer.BEFORE, KernelServer.NAME)
              .flatMap(
                  name ->
                      keptAtMany(name).stream().mapToObj(kept -> name + " %.2f".formatted(kept)))
              .collect(Collectors.joining(", "));
      String reached =
          "%.2f: %s/s of %s/s"
              .formatted(
                  own.getAsDouble(),
                  number(deliveries(FlowFiServer.NAME, true).orElseThrow()),
                  number(deliveries(FlowFiServer.NAME, false).orElseThrow()));
      String goal = "deliveries/s, 10,000 subscribers to 1,000: 0.8";
      verdicts.add(new Verdict("11", goal, reached, others, "", own.getAsDouble() >= 0.8));
    }
  }

  /** Deliveries/s with many subscribers to those with 1,000. */
  private OptionalDouble keptAtMany(String server) {
    OptionalDouble many = deliveries(server, true);
    OptionalDouble few = deliveries(server, false);
    return many.isPresent() && few.isPresent()
        ? OptionalDouble.of(many.getAsDouble() / few.getAsDouble())
        : OptionalDouble.empty();
  }

  private OptionalDouble deliveries(String server, boolean many) {
    return results.one(11, server, m -> m.connections() > 1000 == many).stream()
        .mapToDouble(m -> m.figure("deliveries_per_s"))
        .findFirst();
  }

  private void connectingInTurns() {
    for (String when : List.of(ConnectInTurnsStep.QUIET, ConnectInTurnsStep.BUSY)) {
      connects(FlowFiServer.NAME, when)
          .ifPresent(
              own -> {
                String goal = "subscriptions/s, %s: 0.6 of nchan".formatted(when);
                String rivals = rivalsConnects(when);
                double ratio = own / connects(NchanServer.NAME, when).orElse(Double.NaN);
                beside(12, goal, number(own), rivals, ratio, ratio >= 0.6);
              });
    }
    OptionalDouble cold = connects(FlowFiServer.NAME, ConnectInTurnsStep.COLD);
    OptionalDouble warm = connects(FlowFiServer.NAME, ConnectInTurnsStep.QUIET);
    if (cold.isPresent() && warm.isPresent()) {
      double ratio = cold.getAsDouble() / warm.getAsDouble();
      beside(
          12,
          "the first 5,000 after a start: a third of warm",
          "%.2f: %s/s".formatted(ratio, number(cold.getAsDouble())),
          rivalsConnects(ConnectInTurnsStep.COLD),
          Double.NaN,
          ratio >= 1 / 3.0);
    }
  }

  private String rivalsConnects(String when) {
    return Stream.of(NchanServer.NAME, FlowFiServer.BEFORE)
        .flatMap(name -> connects(name, when).stream().mapToObj(rate -> name + " " + number(rate)))
        .collect(Collectors.joining(", "));
  }

  private OptionalDouble connects(String server, String when) {
    return results.one(12, server, m -> m.variant().equals(when)).stream()
        .mapToDouble(m -> m.figure("connects_per_s"))
        .findFirst();
  }
}

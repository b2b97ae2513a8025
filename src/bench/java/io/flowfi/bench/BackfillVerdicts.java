package io.flowfi.bench;

import static io.flowfi.bench.Progress.number;

import java.util.ArrayList;
import java.util.List;

/** Compares the figures of row 17, catching up with a chain, with their goals. */
final class BackfillVerdicts {
  private static final double ON_EMBEDDED = 20_000;
  private static final double ON_POSTGRES = 10_000;
  private static final double MOST_MS = 100;

  private BackfillVerdicts() {}

  static List<Verdicts.Verdict> of(Results results) {
    List<Verdicts.Verdict> verdicts = new ArrayList<>();
    for (Measurement m : results.all(17, m -> true)) {
      double goal = m.variant().equals(BackfillStep.EMBEDDED) ? ON_EMBEDDED : ON_POSTGRES;
      double rate = m.figure("events_per_s");
      double commands = m.figure("commands_per_s");
      double p99 = m.latency().p99();
      double grown = m.figure("heap_grown_kb");
      verdicts.add(
          new Verdicts.Verdict(
              "17",
              "events/s of a chain, %s: %s, not below commands; commands' p99 below %.0f ms; heap flat"
                  .formatted(m.variant(), number(goal), MOST_MS),
              "%s; commands' p99 %.1f ms; heap %+.1f MB".formatted(number(rate), p99, grown / 1024),
              "commands " + number(commands),
              number(rate / commands),
              rate >= goal && rate >= commands && p99 < MOST_MS && grown < Verdicts.FLAT_HEAP_KB));
    }
    return verdicts;
  }
}

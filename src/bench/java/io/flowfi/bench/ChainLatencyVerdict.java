package io.flowfi.bench;

import java.util.List;

/** Whether an event of the chain reaches subscribers in time: row 19. */
final class ChainLatencyVerdict {
  private static final double MOST_MS = 1000;

  private ChainLatencyVerdict() {}

  static List<Verdicts.Verdict> of(Results results) {
    return results.all(19, m -> true).stream().map(ChainLatencyVerdict::verdict).toList();
  }

  private static Verdicts.Verdict verdict(Measurement m) {
    Latency latency = m.latency();
    return new Verdicts.Verdict(
        "19",
        "from the RPC to a subscriber, %s: at most %.0f ms".formatted(m.variant(), MOST_MS),
        "p50 %.0f ms, p99 %.0f, most %.0f".formatted(latency.p50(), latency.p99(), latency.max()),
        "",
        "",
        latency.max() <= MOST_MS);
  }
}

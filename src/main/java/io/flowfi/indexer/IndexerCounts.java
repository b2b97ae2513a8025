package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainFact;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the indexer has done since its start. For one thread. */
final class IndexerCounts {
  /** The contract may call its events as it likes; the rest is counted together. */
  private static final int MOST_NAMES = 100;

  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(1);

  private record Sample(Instant at, long events, long scanned) {}

  private final Deque<Sample> samples = new ArrayDeque<>();
  private final Map<String, Long> anomalies = new HashMap<>();
  private final Map<String, Long> unknownNames = new HashMap<>();
  private long applied;
  private long known;

  void add(AppliedFacts facts) {
    applied += facts.applied();
    known += facts.known();
    facts.anomalies().forEach((kind, count) -> anomalies.merge(kind, (long) count, Long::sum));
  }

  /** Something odd in an event, by kind; each time that it is read. */
  void anomaly(String kind) {
    anomalies.merge(kind, 1L, Long::sum);
  }

  void countNames(List<ChainFact> facts) {
    for (ChainFact fact : facts) {
      if (fact.fact() instanceof StreamFact.Changed
          || fact.fact() instanceof ProtocolFact.Changed) {
        boolean room = unknownNames.size() < MOST_NAMES || unknownNames.containsKey(fact.name());
        unknownNames.merge(room ? fact.name() : ChainCounts.OTHER_NAMES, 1L, Long::sum);
      }
    }
  }

  void sample(Instant now, long scanned) {
    if (samples.isEmpty() || !now.isBefore(samples.getLast().at().plus(BETWEEN_SAMPLES))) {
      samples.add(new Sample(now, applied + known, scanned));
      while (samples.getFirst().at().isBefore(now.minus(WINDOW))) {
        samples.removeFirst();
      }
    }
  }

  double eventsPerSecond() {
    return rate(samples.isEmpty() ? 0 : samples.getLast().events() - samples.getFirst().events());
  }

  double ledgersPerSecond() {
    return rate(
        samples.isEmpty()
            ? 0
            : Math.max(0, samples.getLast().scanned() - samples.getFirst().scanned()));
  }

  private double rate(long of) {
    if (samples.size() < 2) {
      return 0;
    }
    Duration over = Duration.between(samples.getFirst().at(), samples.getLast().at());
    return of * 1000.0 / Math.max(1, over.toMillis());
  }

  long applied() {
    return applied;
  }

  long known() {
    return known;
  }

  Map<String, Long> anomalies() {
    return anomalies;
  }

  Map<String, Long> unknownNames() {
    return unknownNames;
  }
}

package io.flowfi.indexer;

import io.flowfi.indexer.Verdict.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the verdicts about all nodes mean together. One node alone never makes a fault as long as
 * another one may help.
 */
final class Judgement {
  /** How far all nodes may be behind us, in ledgers: about an hour and a half. */
  static final long TOLERATED_BEHIND = 1000;

  private Judgement() {}

  /**
   * @param verdicts by node; nodes without one are missing
   * @param nodes how many there are
   * @param scanned the last ledger that was read
   */
  static Optional<Fault> of(Map<String, Verdict> verdicts, int nodes, long scanned) {
    if (verdicts.size() < nodes) {
      return Optional.empty();
    }
    List<Verdict> all = List.copyOf(verdicts.values());
    List<Verdict> ours = all.stream().filter(verdict -> !verdict.is(Kind.OTHER_NETWORK)).toList();
    if (ours.isEmpty()) {
      return Optional.of(new Fault.WrongNetwork(words(verdicts)));
    }
    if (ours.stream().allMatch(verdict -> verdict.is(Kind.LOST))) {
      long oldest = ours.stream().mapToLong(Verdict::ledger).min().orElseThrow();
      return Optional.of(new Fault.Gap(scanned + 1, oldest - 1));
    }
    if (ours.stream().anyMatch(verdict -> verdict.is(Kind.SILENT) || verdict.is(Kind.LAGS))) {
      return Optional.empty(); // one of them may help yet
    }
    Optional<Fault.Undecodable> defect =
        ours.stream().flatMap(verdict -> verdict.defect().stream()).findFirst();
    if (defect.isPresent()) {
      return Optional.of(defect.get());
    }
    if (ours.stream().anyMatch(verdict -> verdict.is(Kind.DEAD))) {
      return Optional.empty(); // what it has is not known
    }
    return Optional.of(new Fault.Unusable(words(verdicts)));
  }

  /** The newest ledger of all nodes, if it is too far behind us. */
  static Optional<Long> tipTooFarBehind(Map<String, Verdict> verdicts, int nodes, long scanned) {
    if (verdicts.size() < nodes
        || !verdicts.values().stream().allMatch(verdict -> verdict.is(Kind.LAGS))) {
      return Optional.empty();
    }
    long tip = verdicts.values().stream().mapToLong(Verdict::ledger).max().orElseThrow();
    return tip + TOLERATED_BEHIND < scanned ? Optional.of(tip) : Optional.empty();
  }

  private static String words(Map<String, Verdict> verdicts) {
    return verdicts.entrySet().stream()
        .map(verdict -> verdict.getKey() + ": " + verdict.getValue().message())
        .collect(Collectors.joining("; "));
  }
}

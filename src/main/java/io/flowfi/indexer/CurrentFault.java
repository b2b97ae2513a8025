package io.flowfi.indexer;

import io.flowfi.ledger.ChainCursor;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the follower stands at, if anything: a fault that was found elsewhere, or what the verdicts
 * about all nodes come to. For one thread.
 */
final class CurrentFault {
  /** How long all nodes may be far behind us. */
  static final Duration BEHIND_PATIENCE = Duration.ofMinutes(10);

  private Fault fault;

  /** Since when all nodes are far behind us; null if they are not. */
  private Instant behindSince;

  Optional<Fault> get() {
    return Optional.ofNullable(fault);
  }

  /** Whether only an administrator can end it. */
  boolean isFinal() {
    return fault != null && fault.isFinal();
  }

  void is(Fault found) {
    fault = found;
  }

  /** Whatever it was counts no more. */
  void release() {
    fault = null;
  }

  /** The cursor goes on, or begins again: nothing of what was found out counts. */
  void goesOn() {
    fault = null;
    behindSince = null;
  }

  /**
   * A node could not bring the cursor on.
   *
   * @param verdicts about nodes, by their names
   * @param nodes how many there are
   * @param now by a clock that nobody sets
   */
  void judge(Map<String, Verdict> verdicts, int nodes, Optional<ChainCursor> cursor, Instant now) {
    long scanned = cursor.map(ChainCursor::scanned).orElse(0L);
    Judgement.of(verdicts, nodes, scanned)
        .ifPresent(judged -> fault = ofMissing(verdicts, cursor).orElse(judged));
    Optional<Long> tip = Judgement.tipTooFarBehind(verdicts, nodes, scanned);
    if (tip.isEmpty()) {
      behindSince = null;
    } else if (behindSince == null) {
      behindSince = now;
    } else if (!now.isBefore(behindSince.plus(BEHIND_PATIENCE))) {
      fault = new Fault.TipBehind(scanned, tip.get());
    }
  }

  /** Where no node has the last event that is known, they tell of another chain. */
  private static Optional<Fault> ofMissing(
      Map<String, Verdict> verdicts, Optional<ChainCursor> cursor) {
    return verdicts.values().stream().allMatch(one -> one.is(Verdict.Kind.MISSES_KNOWN))
        ? Optional.of(
            new Fault.OtherChain(
                EventId.of(cursor.flatMap(ChainCursor::last).orElseThrow()).toString(),
                String.join(", ", verdicts.keySet()),
                "no node has it"))
        : Optional.empty();
  }
}

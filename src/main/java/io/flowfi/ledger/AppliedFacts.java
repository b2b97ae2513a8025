package io.flowfi.ledger;

import java.util.Map;
import java.util.Optional;

/**
 * What became of facts of the chain.
 *
 * @param cursor the cursor in the store afterwards
 * @param moved false if another reader had moved the cursor, or has stopped at a fault: nothing was
 *     applied then
 * @param applied how many events were added to the log
 * @param known how many were in the log already, with the same bytes
 * @param anomalies how many facts our own rules would not have expected, by the kind's name
 */
public record AppliedFacts(
    Optional<ChainCursor> cursor,
    boolean moved,
    int applied,
    int known,
    Map<String, Integer> anomalies) {
  public AppliedFacts {
    anomalies = Map.copyOf(anomalies);
  }
}

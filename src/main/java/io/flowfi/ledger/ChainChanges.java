package io.flowfi.ledger;

import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one transaction of the ledger writes of the chain, beside streams and events.
 *
 * @param cursor afterwards; empty if it has not moved
 * @param gap whether all open streams of the chain become unverified, before the streams of the
 *     transaction are written
 * @param faultEnds whether the stored fault is removed, before {@code fault} is written
 * @param fault that stops the reading from now on
 * @param replaced streams of the transaction whose parties or terms differ from those of the row
 */
public record ChainChanges(
    Optional<ChainCursor> cursor,
    List<KnownFact> facts,
    List<PutAside> quarantined,
    boolean gap,
    boolean faultEnds,
    Optional<ChainFault> fault,
    Set<StreamId> replaced) {
  public static final ChainChanges NONE =
      new ChainChanges(
          Optional.empty(), List.of(), List.of(), false, false, Optional.empty(), Set.of());

  public ChainChanges {
    facts = List.copyOf(facts);
    quarantined = List.copyOf(quarantined);
    replaced = Set.copyOf(replaced);
  }

  public boolean isEmpty() {
    return cursor.isEmpty()
        && facts.isEmpty()
        && quarantined.isEmpty()
        && !gap
        && !faultEnds
        && fault.isEmpty();
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import java.util.Arrays;
import java.util.Optional;

/**
 * An event that was read: its fact, or why it has none.
 *
 * @param id the RPC's
 */
record ReadEvent(
    String id,
    ChainPosition position,
    Optional<ChainFact> fact,
    Optional<UndecodableEventException> defect) {
  static ReadEvent of(RpcEvent event, ChainFact fact) {
    return new ReadEvent(event.id(), event.position(), Optional.of(fact), Optional.empty());
  }

  static ReadEvent undecodable(RpcEvent event, UndecodableEventException defect) {
    return new ReadEvent(event.id(), event.position(), Optional.empty(), Optional.of(defect));
  }

  boolean isOfTransaction(ChainPosition other) {
    return position.ledger() == other.ledger() && position.transaction() == other.transaction();
  }

  /**
   * What two answers about one event tell differently; empty if nothing or if one is unreadable.
   */
  Optional<String> differenceTo(ReadEvent other) {
    if (fact.isEmpty() || other.fact.isEmpty()) {
      return Optional.empty();
    }
    ChainFact mine = fact.get();
    ChainFact theirs = other.fact.get();
    if (!mine.transactionHash().equals(theirs.transactionHash())) {
      return Optional.of(
          "transaction " + mine.transactionHash() + " and " + theirs.transactionHash());
    }
    return Arrays.equals(mine.digest(), theirs.digest())
        ? Optional.empty()
        : Optional.of("the topics or the value differ");
  }
}

package io.flowfi.ledger;

import io.flowfi.payment.InconsistentFactException;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All facts of the chain between two of its positions. They are applied together or not at all, and
 * the cursor moves in the same transaction. Facts at or before the saved cursor are known and left
 * out. So the same facts may arrive again, and two readers of the chain do no harm.
 *
 * @param after where they begin, exclusive; empty for the very beginning
 * @param facts in the chain's order; an empty list only moves the cursor
 * @param through where they end: the cursor afterwards
 */
public record ChainFacts(
    Optional<ChainPosition> after, List<ChainFact> facts, ChainPosition through)
    implements LogEntry<ChainPosition> {
  public ChainFacts {
    facts = List.copyOf(facts);
    ChainPosition last = after.orElse(null);
    for (ChainFact fact : facts) {
      if (last != null && !fact.position().isAfter(last)) {
        throw new IllegalArgumentException("facts must be in the chain's order");
      }
      last = fact.position();
    }
    if (last != null && last.isAfter(through)) {
      throw new IllegalArgumentException("facts must end where the cursor will be");
    }
  }

  /** Whether all of them are at or before the cursor. */
  boolean isKnownAt(Optional<ChainPosition> cursor) {
    return cursor.isPresent() && !through.isAfter(cursor.get());
  }

  /**
   * The facts after the cursor.
   *
   * @throws InconsistentFactException if facts are missing after the cursor
   */
  List<ChainFact> newSince(Optional<ChainPosition> cursor) {
    if (after.isPresent() && (cursor.isEmpty() || after.get().isAfter(cursor.get()))) {
      throw new InconsistentFactException(
          "facts after "
              + after.get()
              + " cannot be applied: the cursor is at "
              + cursor.map(ChainPosition::toString).orElse("the beginning"));
    }
    return cursor.isEmpty()
        ? facts
        : facts.stream().filter(fact -> fact.position().isAfter(cursor.get())).toList();
  }

  @Override
  public void addStreamsTo(Set<StreamId> streams) {
    for (ChainFact fact : facts) {
      if (fact.fact() instanceof StreamFact ofStream) {
        streams.add(ofStream.streamId());
      }
    }
  }

  @Override
  public Optional<IdempotencyKey> idempotency() {
    return Optional.empty();
  }

  @Override
  public ChainPosition in(LedgerBatch batch) {
    return batch.apply(this);
  }
}

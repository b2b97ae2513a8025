package io.flowfi.ledger;

import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Facts of the chain. They are applied together or not at all, and the cursor moves in the same
 * transaction. What the log holds already is left out. So the same facts may arrive again, and two
 * readers of the chain do no harm.
 *
 * @param expected where the reader believes the cursor to be; if it is elsewhere, or a {@link
 *     ChainFault} is stored, nothing is applied
 * @param found what the contract stores of streams that the log does not know; they come first
 * @param facts in the chain's order, but within a transaction in any; none only moves the cursor
 * @param next the cursor afterwards; empty leaves it where it is, and {@code expected} does not
 *     count
 */
public record ChainFacts(
    Optional<ChainCursor> expected,
    List<StreamEntry> found,
    List<ChainFact> facts,
    Optional<ChainCursor> next)
    implements LogEntry<AppliedFacts> {
  public ChainFacts {
    found = List.copyOf(found);
    facts = List.copyOf(facts);
    for (int i = 1; i < facts.size(); i++) {
      ChainPosition before = facts.get(i - 1).position();
      ChainPosition here = facts.get(i).position();
      if (here.ledger() < before.ledger()
          || here.ledger() == before.ledger() && here.transaction() < before.transaction()) {
        throw new IllegalArgumentException("facts must be in the chain's order");
      }
    }
  }

  @Override
  public void addStreamsTo(Set<StreamId> streams) {
    found.forEach(entry -> streams.add(entry.id()));
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
  public int factCount() {
    return Math.max(1, found.size() + facts.size());
  }

  @Override
  public AppliedFacts in(LedgerBatch batch) {
    return batch.apply(this);
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import java.util.List;
import java.util.Optional;

/**
 * Whole transactions of the chain that go into the log together.
 *
 * @param expected the cursor before
 * @param facts in the chain's order, but creations before the other facts of their operation
 * @param next the cursor afterwards
 */
record Slice(Optional<ChainCursor> expected, List<ChainFact> facts, ChainCursor next) {
  Slice {
    facts = List.copyOf(facts);
  }
}

package io.flowfi.ledger;

import io.flowfi.payment.StreamId;
import java.util.Optional;
import java.util.Set;

/**
 * The chain is not followed any more, until an administrator resets the cursor. Nothing changes if
 * the cursor is elsewhere, or if there is a fault already.
 *
 * @param expected where the reader that has found the fault believes the cursor to be
 */
public record ChainStop(Optional<ChainCursor> expected, ChainFault fault)
    implements LogEntry<AppliedFacts> {
  @Override
  public void addStreamsTo(Set<StreamId> streams) {
    // it is about none
  }

  @Override
  public Optional<IdempotencyKey> idempotency() {
    return Optional.empty();
  }

  @Override
  public int factCount() {
    return 1;
  }

  @Override
  public AppliedFacts in(LedgerBatch batch) {
    return batch.stop(this);
  }
}

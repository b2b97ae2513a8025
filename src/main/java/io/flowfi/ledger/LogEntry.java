package io.flowfi.ledger;

import io.flowfi.payment.StreamId;
import java.util.Optional;
import java.util.Set;

/**
 * Work for the ledger: a command, which it decides, facts of the chain, which are already decided,
 * or the removal of old events. All go through its one writer, so they share one order.
 *
 * @param <R> the caller's answer, given once the entry is durable
 */
public sealed interface LogEntry<R>
    permits CommandRequest, ChainFacts, ChainRepair, ChainStop, Cut {

  /** Adds the streams that it needs. */
  void addStreamsTo(Set<StreamId> streams);

  /**
   * How many facts of the chain it brings, at least 1 if it comes from there: these wait apart from
   * the commands, which overtake them.
   */
  default int factCount() {
    return 0;
  }

  /** The key under which its answer is kept, if any. */
  Optional<IdempotencyKey> idempotency();

  /** Adds the entry to the batch. If it throws, the batch is as if the entry had not been there. */
  R in(LedgerBatch batch);
}

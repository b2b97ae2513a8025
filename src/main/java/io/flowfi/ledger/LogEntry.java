package io.flowfi.ledger;

import io.flowfi.payment.StreamId;
import java.util.Optional;
import java.util.Set;

/**
 * What can be handed to the ledger: a command, which it decides, or facts of the chain, which are
 * decided. Both go through its one writer, so both have their place in one order.
 *
 * @param <R> what is told to whoever handed it in, once it is durable
 */
public sealed interface LogEntry<R> permits CommandRequest, ChainFacts {

  /** Adds the streams that it must know of. */
  void addStreamsTo(Set<StreamId> streams);

  /** Under which an answer is kept for it, if it is. */
  Optional<IdempotencyKey> idempotency();

  /** Takes its place in the batch. Whatever it throws, the batch is as if it had not been there. */
  R in(LedgerBatch batch);
}

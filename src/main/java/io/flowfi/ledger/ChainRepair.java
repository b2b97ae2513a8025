package io.flowfi.ledger;

import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an administrator decides about the chain where the indexer may not. */
public sealed interface ChainRepair extends LogEntry<AppliedFacts> {

  @Override
  default Optional<IdempotencyKey> idempotency() {
    return Optional.empty();
  }

  @Override
  default int factCount() {
    return 1;
  }

  @Override
  default AppliedFacts in(LedgerBatch batch) {
    return batch.repair(this);
  }

  /**
   * Goes on at a ledger, and leaves none out. The stored fault ends.
   *
   * @param expected where the cursor is believed to be
   * @param next the cursor afterwards
   */
  record Reset(Optional<ChainCursor> expected, ChainCursor next) implements ChainRepair {
    @Override
    public void addStreamsTo(Set<StreamId> streams) {
      // it is about none
    }
  }

  /**
   * Goes on behind ledgers that nobody has any more, both inclusive. Every open stream of the chain
   * is unverified from then on. The stored fault ends.
   *
   * @param expected where the cursor is believed to be
   * @param next the cursor afterwards
   */
  record Gap(Optional<ChainCursor> expected, ChainCursor next, long fromLedger, long toLedger)
      implements ChainRepair {
    @Override
    public void addStreamsTo(Set<StreamId> streams) {
      // all of them change in the store
    }
  }

  /**
   * Goes on behind an event that cannot be read.
   *
   * @param expected where the cursor is believed to be
   * @param next the cursor afterwards
   * @param id the RPC's id of the event
   * @param stream whose it is, if its topics tell: that one is unverified from then on
   */
  record Quarantine(
      Optional<ChainCursor> expected,
      ChainCursor next,
      ChainPosition position,
      String id,
      String reason,
      Optional<StreamId> stream)
      implements ChainRepair {
    @Override
    public void addStreamsTo(Set<StreamId> streams) {
      stream.ifPresent(streams::add);
    }
  }

  /**
   * Replaces the state of a stream by what the contract stores.
   *
   * @param expectedVersion of the stream; if it is another, nothing changes
   */
  record Reconcile(StreamEntry entry, long expectedVersion) implements ChainRepair {
    @Override
    public void addStreamsTo(Set<StreamId> streams) {
      streams.add(entry.id());
    }
  }

  /** These streams agree with what the contract stores. */
  record Verified(List<StreamId> streams) implements ChainRepair {
    public Verified {
      streams = List.copyOf(streams);
    }

    @Override
    public void addStreamsTo(Set<StreamId> wanted) {
      wanted.addAll(streams);
    }
  }
}

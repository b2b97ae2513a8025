package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import java.util.Optional;
import java.util.Set;

/**
 * The removal of the log's oldest events. It goes through the writer like a command, and shares the
 * transaction with those that wait. Several nodes may ask for the same: what another has removed is
 * left out.
 *
 * @param from where the log began when this was asked for, or earlier
 * @param through the last event to remove
 */
public record Cut(LogPosition from, LogPosition through) implements LogEntry<LogPosition> {
  /** The most events that one of them removes: commands wait for it. */
  public static final int MOST = 1000;

  public Cut {
    if (from.isAfter(through) || through.value() - from.value() >= MOST) {
      throw new IllegalArgumentException("a cut removes 1 to " + MOST + " events");
    }
  }

  @Override
  public void addStreamsTo(Set<StreamId> streams) {
    // streams stay as they are
  }

  @Override
  public Optional<IdempotencyKey> idempotency() {
    return Optional.empty();
  }

  @Override
  public LogPosition in(LedgerBatch batch) {
    return batch.cut(this);
  }
}

package io.flowfi.ledger;

import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import java.util.Optional;
import java.util.Set;

/**
 * A command and the conditions under which it is to run.
 *
 * @param expectedVersions from {@code If-Match}: the stream's version must be one of these; empty
 *     accepts any version
 * @param idempotency from {@code Idempotency-Key}
 * @param watch hears that it is durable
 */
public record CommandRequest(
    StreamCommand command,
    Optional<Set<Long>> expectedVersions,
    Optional<IdempotencyKey> idempotency,
    CommandWatch watch)
    implements LogEntry<Receipt> {
  public CommandRequest {
    expectedVersions = expectedVersions.map(Set::copyOf);
  }

  /** A command that nobody watches. */
  public CommandRequest(
      StreamCommand command,
      Optional<Set<Long>> expectedVersions,
      Optional<IdempotencyKey> idempotency) {
    this(command, expectedVersions, idempotency, CommandWatch.NONE);
  }

  public static CommandRequest of(StreamCommand command) {
    return new CommandRequest(command, Optional.empty(), Optional.empty());
  }

  @Override
  public void addStreamsTo(Set<StreamId> streams) {
    command.target().ifPresent(streams::add);
  }

  @Override
  public Receipt in(LedgerBatch batch) {
    return batch.decide(this);
  }
}

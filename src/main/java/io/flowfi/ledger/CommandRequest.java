package io.flowfi.ledger;

import io.flowfi.stream.StreamCommand;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A command and the conditions under which it is to run.
 *
 * @param expectedVersion from {@code If-Match}: the stream's version must be this
 * @param idempotency from {@code Idempotency-Key}
 */
public record CommandRequest(
    StreamCommand command, OptionalLong expectedVersion, Optional<IdempotencyKey> idempotency) {

  public static CommandRequest of(StreamCommand command) {
    return new CommandRequest(command, OptionalLong.empty(), Optional.empty());
  }
}

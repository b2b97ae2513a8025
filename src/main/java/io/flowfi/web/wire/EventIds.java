package io.flowfi.web.wire;

import io.flowfi.log.LogCursor;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.InvalidValueException;
import java.util.Optional;

/**
 * Reads ids of events that clients give back, {@code 42} or {@code 42.k3f9}, for a log that must be
 * the one they name: another log has other events at the same positions.
 */
public record EventIds(LogIdentity log) {

  /**
   * The position of an id.
   *
   * @throws InvalidValueException if it is no id
   * @throws ProblemException 409 if it is of another log
   */
  public LogPosition position(String field, String text) {
    LogCursor id = LogCursor.parse(field, text);
    requireHere(text, id.log());
    return id.position();
  }

  /**
   * Checks anything that a client gives back.
   *
   * @param of whose place it is; empty if it does not say
   * @throws ProblemException 409 if it is of another log
   */
  public void requireHere(String text, Optional<LogIdentity> of) {
    if (of.isPresent() && !of.get().equals(log)) {
      throw ProblemException.of(
          409,
          text
              + " is from another log, and not from this one, "
              + log
              + ", which has other events at the same positions; start over");
    }
  }
}

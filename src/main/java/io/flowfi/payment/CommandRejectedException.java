package io.flowfi.payment;

/**
 * A well-formed command that the state of the stream does not allow. Nothing was changed. The
 * message is for the client.
 */
public final class CommandRejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, in terms a caller can branch on. */
  public enum Reason {
    UNKNOWN_STREAM,
    ALREADY_EXISTS,
    CONFLICT,
    VERSION_MISMATCH,
    IDEMPOTENCY_KEY_REUSED
  }

  private final Reason reason;

  public CommandRejectedException(Reason reason, String message) {
    // no stack trace: an expected answer on a hot path
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

package io.flowfi.relay;

/** A message that is not believed. It has no effect. */
final class DroppedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why it is not believed. */
  enum Reason {
    /** It is about another log. */
    FOREIGN,
    /** No node of this log has sent it in this form: it was damaged on its way, or forged. */
    UNSIGNED
  }

  private final Reason reason;

  DroppedMessageException(Reason reason) {
    // no stack trace: whoever floods a channel must not cost more than this
    super("dropped as " + reason, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}

package io.flowfi.ledger;

/** The store has failed. The message and the cause are for the log, not for clients. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is to be done about it. */
  public enum Kind {
    /** One command brought what the store does not take. Nothing of the transaction was kept. */
    COMMAND,
    /** Another transaction was in the way. Nothing was kept; the same may succeed at once. */
    RETRY,
    /** The store does not work. What was to be committed may have been kept all the same. */
    OUTAGE
  }

  private final Kind kind;

  public StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}

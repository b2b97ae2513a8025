package io.flowfi.ledger;

/** The store has failed. The message and the cause are for the log, not for clients. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** How to react. */
  public enum Kind {
    /** The store rejects the data of one command. Nothing of the transaction was kept. */
    COMMAND,
    /** Another transaction was in the way. Nothing was kept; a retry may succeed at once. */
    RETRY,
    /** The store does not work. The transaction may have been committed all the same. */
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

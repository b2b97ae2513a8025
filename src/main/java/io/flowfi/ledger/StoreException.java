package io.flowfi.ledger;

/** The store has failed. The message and the cause are for the log, not for clients. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}

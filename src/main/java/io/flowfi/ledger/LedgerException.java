package io.flowfi.ledger;

/**
 * A command could not be taken or made durable. The message is safe for the client; the cause goes
 * to the log.
 */
public class LedgerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LedgerException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The queue of waiting commands is full, or the ledger is closing. Nothing was changed: try again
   * shortly.
   */
  public static final class Busy extends LedgerException {
    private static final long serialVersionUID = 1L;

    Busy(String message) {
      super(message, null);
    }
  }

  /**
   * The store failed. The command is most likely not recorded; only its idempotency key can tell.
   */
  public static final class Unavailable extends LedgerException {
    private static final long serialVersionUID = 1L;

    Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

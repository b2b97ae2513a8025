package io.flowfi.payment;

/**
 * A fact that contradicts what the log holds. Nothing was changed. The reader of the chain must
 * stop here: either facts are missing, or it is another chain.
 */
public final class InconsistentFactException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InconsistentFactException(String message) {
    super(message);
  }
}

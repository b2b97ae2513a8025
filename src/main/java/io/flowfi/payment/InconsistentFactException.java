package io.flowfi.payment;

/**
 * A fact that cannot follow what the log holds. Nothing was changed. Whoever brings facts must stop
 * here: either something is missing, or it is not the same chain.
 */
public final class InconsistentFactException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InconsistentFactException(String message) {
    super(message);
  }
}

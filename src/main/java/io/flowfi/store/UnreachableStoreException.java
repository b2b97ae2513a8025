package io.flowfi.store;

/**
 * The database does not answer. Nothing is wrong with it that is known: a later try may succeed.
 * The message is a line for the operator.
 */
public final class UnreachableStoreException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public UnreachableStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.flowfi.cluster;

/** The nodes' database has not answered, or not in time. What was asked for may have happened. */
public final class SharedStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SharedStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.flowfi.log;

/** The store behind the log cannot be reached or read now. What was acknowledged is still there. */
public final class LogUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LogUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

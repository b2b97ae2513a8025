package io.flowfi.sse;

/** The open snapshots need more temporary disk space than they may take, or there is none. */
public final class SnapshotTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SnapshotTooLargeException(String message, Throwable cause) {
    super(message, cause);
  }
}

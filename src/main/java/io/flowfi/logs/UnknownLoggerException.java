package io.flowfi.logs;

/** Nothing of ours logs by this name. */
public final class UnknownLoggerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownLoggerException() {
    super("no logger of this name below " + OwnLog.ROOT);
  }
}

package io.flowfi.app;

/**
 * The server cannot start, and its operator can change that. The message is one line for the
 * operator; containers print the exception of a failing listener, so it has no stack trace.
 */
final class StartRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartRefusedException(String reason) {
    super("FlowFi Events does not start: " + reason, null, false, false);
  }
}

package io.flowfi.app;

/**
 * The server cannot start, and its operator can change that. The message is one line for the
 * operator; containers print what a failing listener throws, so there is no stack trace around it.
 */
final class StartRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartRefusedException(String reason) {
    super("FlowFi Events does not start: " + reason, null, false, false);
  }
}

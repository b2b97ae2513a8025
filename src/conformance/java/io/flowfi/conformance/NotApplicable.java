package io.flowfi.conformance;

/** A check cannot be made on this server or with these settings; the message says why. */
final class NotApplicable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotApplicable(String why) {
    super(why);
  }
}

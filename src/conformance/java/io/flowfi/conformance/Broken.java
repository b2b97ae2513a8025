package io.flowfi.conformance;

/** The server broke the rule of a check; the message says what was seen. */
final class Broken extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Broken(String seen) {
    super(seen);
  }

  Broken(String seen, Throwable cause) {
    super(seen, cause);
  }

  /** Fails the check that calls it unless the condition holds. */
  static void unless(boolean condition, String seen) {
    if (!condition) {
      throw new Broken(seen);
    }
  }
}

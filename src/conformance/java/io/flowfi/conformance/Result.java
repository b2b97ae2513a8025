package io.flowfi.conformance;

import java.time.Duration;

/**
 * What became of a check.
 *
 * @param seen what was seen, or why the check could not be made
 */
record Result(Check check, Verdict verdict, String seen, Duration took) {
  /** How a check ended. */
  enum Verdict {
    PASS("pass"),
    FAIL("FAIL"),
    NOT_APPLICABLE("n/a");

    final String label;

    Verdict(String label) {
      this.label = label;
    }
  }
}

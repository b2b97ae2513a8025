package io.flowfi.servers;

import org.junit.jupiter.api.Assumptions;

/**
 * The programs beside Java that tests need, and that may be missing on a machine. A test without
 * one is skipped; where {@code FLOWFI_SERVERS} is {@code required} it fails, because a skipped test
 * looks like a good one.
 */
public final class Needed {
  private static final boolean ARE_REQUIRED = "required".equals(System.getenv("FLOWFI_SERVERS"));

  private Needed() {}

  /** Whether nothing may be skipped for a missing program. */
  public static boolean areRequired() {
    return ARE_REQUIRED;
  }

  /**
   * Ends the test if the program is not there.
   *
   * @param otherwise what is missing, and unchecked without it
   */
  public static void need(boolean there, String otherwise) {
    need(there, otherwise, ARE_REQUIRED);
  }

  static void need(boolean there, String otherwise, boolean required) {
    if (!there && required) {
      throw new AssertionError(otherwise + " (FLOWFI_SERVERS is required)");
    }
    Assumptions.assumeTrue(there, otherwise);
  }
}

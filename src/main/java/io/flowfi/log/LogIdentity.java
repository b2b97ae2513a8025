package io.flowfi.log;

import java.security.SecureRandom;

/**
 * Identifies a log. A position is only valid in its own log: one that was started again, or
 * restored from a backup, has other events at the same positions.
 *
 * @param text 1 to 40 small letters and digits
 */
public record LogIdentity(String text) {
  public LogIdentity {
    if (!text.matches("[a-z0-9]{1,40}")) {
      throw new IllegalArgumentException("a log's identity must be 1 to 40 of a-z and 0-9");
    }
  }

  /** A new identity that no other log has. */
  public static LogIdentity random() {
    return new LogIdentity(Long.toUnsignedString(new SecureRandom().nextLong(), 36));
  }

  @Override
  public String toString() {
    return text;
  }
}

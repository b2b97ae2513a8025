package io.flowfi.log;

import java.security.SecureRandom;

/**
 * Which log it is. A position means nothing in another one: a log that was begun anew, or restored
 * from a backup, has other events under the same positions.
 *
 * @param text 1 to 40 small letters and digits
 */
public record LogIdentity(String text) {
  public LogIdentity {
    if (!text.matches("[a-z0-9]{1,40}")) {
      throw new IllegalArgumentException("a log's identity must be 1 to 40 of a-z and 0-9");
    }
  }

  /** One that no other log has. */
  public static LogIdentity random() {
    return new LogIdentity(Long.toUnsignedString(new SecureRandom().nextLong(), 36));
  }

  @Override
  public String toString() {
    return text;
  }
}

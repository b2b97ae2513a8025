package io.flowfi.log;

import java.security.SecureRandom;

/**
 * Identifies a log. A position is only valid in its own log: one that was started again, or
 * restored from a backup, has other events at the same positions.
 *
 * @param text 1 to 40 small letters and digits
 */
public record LogIdentity(String text) {
  /** What an identity looks like, as a regular expression. */
  public static final String FORM = "[a-z0-9]{1,40}";

  private static final String SANDBOX = "sandbox";

  /** 26 to the eighth: two logs of one company have the same identity once in 200 billion. */
  private static final int RANDOM_LETTERS = 8;

  public LogIdentity {
    if (!text.matches(FORM)) {
      throw new IllegalArgumentException("a log's identity must be 1 to 40 of a-z and 0-9");
    }
  }

  /**
   * A new identity that no other log has. Only letters, so that nothing reads {@code 42.} and an
   * identity as a fraction.
   */
  public static LogIdentity random() {
    return random(LogPurpose.REAL);
  }

  /** The same for a log with a purpose: that of a sandbox is longer and begins with the word. */
  public static LogIdentity random(LogPurpose purpose) {
    String letters =
        new SecureRandom()
            .ints(RANDOM_LETTERS, 'a', 'z' + 1)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return new LogIdentity(purpose == LogPurpose.SANDBOX ? SANDBOX + letters : letters);
  }

  /** What the log is for. */
  public LogPurpose purpose() {
    return text.startsWith(SANDBOX) && text.length() > RANDOM_LETTERS
        ? LogPurpose.SANDBOX
        : LogPurpose.REAL;
  }

  public boolean isSandbox() {
    return purpose() == LogPurpose.SANDBOX;
  }

  /**
   * What this log says: in a sandbox the JSON object gets {@code "sandbox":true} as its first
   * member.
   *
   * @param object with one member at least
   */
  public String marked(String object) {
    return isSandbox() ? begin() + object.substring(1) : object;
  }

  /** How each JSON object begins that this log says, before its first other member. */
  public String begin() {
    return isSandbox() ? "{\"sandbox\":true," : "{";
  }

  @Override
  public String toString() {
    return text;
  }
}

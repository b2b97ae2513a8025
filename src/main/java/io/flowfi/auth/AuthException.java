package io.flowfi.auth;

/**
 * Credentials were rejected. The message is safe for the sender: it never repeats a part of them.
 * Without a stack trace: an expected answer, not a defect.
 */
public abstract sealed class AuthException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private AuthException(String message, Throwable cause) {
    super(message, cause, false, false);
  }

  /** The token, ticket or login is not valid. */
  public static final class Invalid extends AuthException {
    private static final long serialVersionUID = 1L;

    Invalid(String message) {
      super(message, null);
    }
  }

  /** The input has the wrong form; sending it again cannot help. */
  public static final class Malformed extends AuthException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message, null);
    }
  }

  /** The caller has too many of something that will expire soon. */
  public static final class TooMany extends AuthException {
    private static final long serialVersionUID = 1L;

    public TooMany(String message) {
      super(message, null);
    }
  }

  /** No caller can be authenticated at the moment. */
  public static final class Unavailable extends AuthException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

package io.flowfi.config;

/**
 * A variable has a value the server cannot start with. The message is one line that names the
 * variable and what it accepts, never the value: it may be a secret, perhaps in the wrong variable.
 */
public final class InvalidSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidSettingException(String variable, String accepts) {
    // no stack trace: containers print it, but the operator needs only this line
    super(variable + " " + accepts, null, false, false);
  }
}

package io.flowfi.payment;

/**
 * A value that breaks its own rule, whatever the state of the stream. The message is written for
 * the client.
 */
public final class InvalidValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private final String field;

  public InvalidValueException(String field, String message) {
    super(message);
    this.field = field;
  }

  /** The name of the offending field or parameter, as the client wrote it. */
  public String field() {
    return field;
  }
}

package io.flowfi.store;

import java.io.IOException;

/**
 * The database has not said whether it has done what it was asked for. The message tells the
 * operator how to find out, and what to do then.
 */
public final class UnknownOutcomeException extends IOException {
  private static final long serialVersionUID = 1;

  UnknownOutcomeException(String message, Throwable cause) {
    super(message, cause);
  }
}

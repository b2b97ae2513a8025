package io.flowfi.auth;

import java.time.Instant;

/**
 * A token we have issued.
 *
 * @param text the JWT, which is a secret
 */
public record Token(String text, Instant expires) {
  @Override
  public String toString() {
    return "Token[expires=" + expires + "]";
  }
}

package io.flowfi.fanout;

import java.util.Locale;

/** Why the server ends a connection; told to the client in {@code event: reconnect}. */
public enum CloseReason {
  SHUTDOWN,
  SLOW_CLIENT,
  TOKEN_EXPIRED,
  ROTATION;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.flowfi.fanout;

/** Why the server ends a connection. */
public enum CloseReason {
  SHUTDOWN,
  SLOW_CLIENT,
  TOKEN_EXPIRED,
  ROTATION,
  /** Somebody who may has ended this one. */
  CLOSED_BY_ADMIN
}

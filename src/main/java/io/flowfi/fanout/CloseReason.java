package io.flowfi.fanout;

/** Why the server ends a connection. */
public enum CloseReason {
  SHUTDOWN,
  SLOW_CLIENT,
  TOKEN_EXPIRED,
  ROTATION,
  /** An administrator has ended this connection. */
  CLOSED_BY_ADMIN
}

package io.flowfi.fanout;

/** Why the server ends a connection. */
public enum CloseReason {
  SHUTDOWN,
  SLOW_CLIENT,
  TOKEN_EXPIRED,
  ROTATION,
  /** An administrator has ended this connection. */
  CLOSED_BY_ADMIN,
  /** A stream that it names is no longer its account's, see {@link Subscription#limit}. */
  ACCESS_LOST;

  /** What its client is told: of some it need not know more than that it has to come back. */
  public CloseReason told() {
    return this == CLOSED_BY_ADMIN || this == ACCESS_LOST ? ROTATION : this;
  }
}

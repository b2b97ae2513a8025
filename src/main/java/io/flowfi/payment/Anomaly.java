package io.flowfi.payment;

import java.util.Locale;

/**
 * Something in a fact of the chain that our own rules would not have let happen, or that does not
 * agree with what the log holds. The fact counts all the same.
 */
public enum Anomaly {
  /** It is of a stream whose creation was never seen. */
  UNKNOWN_STREAM,
  /** The stream was known in part; this is its creation. */
  LATE_CREATION,
  /** A stream was created that was known already. */
  CREATED_AGAIN,
  /** The id is one that a client had given to a stream. */
  CLAIM_REPLACED,
  /** The stream had ended. */
  AFTER_END,
  /** It happened before what the log holds of the stream already. */
  OUT_OF_ORDER,
  NOT_PAUSED,
  PAUSED_TWICE,
  /** Not the sender or recipient that are known. */
  OTHER_PARTIES,
  /** The rate before is not the one that is known. */
  OTHER_RATE,
  /** The deposit before is not the one that is known. */
  OTHER_DEPOSIT,
  /** The total withdrawn is less than what is known. */
  OTHER_WITHDRAWN,
  /** More was withdrawn than deposited, as far as known. */
  OVERDRAWN,
  /** The sum is beyond the largest amount. */
  SATURATED,
  /** A stream was closed that had not ended, as far as known. */
  CLOSED_OPEN;

  /** The name in counters. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

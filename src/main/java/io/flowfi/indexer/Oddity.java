package io.flowfi.indexer;

import java.util.Locale;

/** What is well-formed and still not as we know the contract. Counted, never a reason to stop. */
public enum Oddity {
  /** A field or topic that we do not know beside those that we know. */
  UNKNOWN_FIELD,
  /** A name that we know, with a field that is missing, of another type or negative. */
  OTHER_SHAPE,
  /** Another stream's id in the data than in the topics. */
  OTHER_STREAM_ID,
  /** Data that is too large to be passed on. */
  DATA_TOO_LARGE;

  /** Its name in counters. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

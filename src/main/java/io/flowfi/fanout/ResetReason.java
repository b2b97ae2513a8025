package io.flowfi.fanout;

/** Why a subscriber cannot go on from the position it came with. */
public enum ResetReason {
  /** Events behind it are no longer kept. */
  HISTORY_TRIMMED,
  /** The log has not come to it. */
  UNKNOWN_POSITION
}

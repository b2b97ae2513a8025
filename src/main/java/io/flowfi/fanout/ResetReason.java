package io.flowfi.fanout;

/** Why a subscriber cannot resume from its position. */
public enum ResetReason {
  /** Events behind it are no longer kept. */
  HISTORY_TRIMMED,
  /** The log has not reached it. */
  UNKNOWN_POSITION
}

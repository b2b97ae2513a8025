package io.flowfi.fanout;

/**
 * Follows the life of a subscription. A pump thread calls it, the end any thread: it must not block
 * or throw.
 */
@FunctionalInterface
public interface SubscriptionListener {
  /**
   * The start position is known, which may differ from the requested one. Called before the
   * greeting; not called if the connection ends before that; called again if it must start over.
   *
   * @param after the client gets matching events after this position; with a snapshot, first the
   *     states as of it or later
   */
  default void began(long after) {}

  /** A frame outside the log was dropped: too many already wait for its client. */
  default void missed() {}

  /**
   * The server ends it for this reason; {@link #ended} follows. Not called if the client has left.
   */
  default void closing(CloseReason reason) {}

  /**
   * It has ended, for whatever reason; called exactly once, as the last call.
   *
   * @param through the last position sent to the client; -1 if nothing was sent
   */
  void ended(long through);
}

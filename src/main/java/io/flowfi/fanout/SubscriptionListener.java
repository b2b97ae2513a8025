package io.flowfi.fanout;

/**
 * Told of what becomes of a subscription. Called by a pump thread, the end by any: must not block
 * or throw.
 */
@FunctionalInterface
public interface SubscriptionListener {
  /**
   * It is known from where the client goes on, whatever it asked for; before the first words to it.
   * Not called for one that ends before; again for one that has to begin anew.
   *
   * @param after it is sent what matches behind this position; with a snapshot, the states as of it
   *     or later first
   */
  default void began(long after) {}

  /** A frame outside the log did not reach it: too many wait for its client already. */
  default void missed() {}

  /** The server ends it, and why; {@link #ended} follows. Not called if the client has left. */
  default void closing(CloseReason reason) {}

  /**
   * It has ended, however that came about; called exactly once, as the last.
   *
   * @param through the last position that the client was sent; -1 if it was sent nothing
   */
  void ended(long through);
}

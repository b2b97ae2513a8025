package io.flowfi.fanout;

import io.flowfi.log.LogBounds;
import java.time.Duration;

/**
 * The control frames for subscribers, as bytes of their protocol. Each pump has its own instance,
 * which only its thread calls.
 */
public interface Wording {
  /** Stands for no position: the client has none to resume from. */
  long NO_POSITION = -1;

  /**
   * The greeting on a connection: the account that the client authenticated as, and which log it
   * is, so that it does not continue as another account or with a position of another log.
   *
   * @param start the position the connection starts from; {@link #NO_POSITION} leaves it out, so
   *     that a client cut off in the middle of its snapshot does not come back with a cursor that
   *     claims it has seen it
   */
  byte[] connected(Subscription subscription, long start, long head);

  /**
   * Moves the client away from a cursor that cannot be used.
   *
   * @param start the position to continue from; {@link #NO_POSITION} if a snapshot follows that the
   *     client has not seen yet
   */
  byte[] reset(ResetReason reason, LogBounds bounds, long start);

  /** Ends the states of a snapshot, which are valid at a position. */
  byte[] snapshotEnd(long position);

  /**
   * Shows that the connection is alive, and moves the client's cursor.
   *
   * @param through what was sent to it; {@link #NO_POSITION} leaves its cursor where it is
   */
  byte[] heartbeat(long head, long through);

  /**
   * The closing frame.
   *
   * @param refusing for how long the node may refuse new connections; zero if it, or another in its
   *     place, answers
   * @param through what was sent to it; {@link #NO_POSITION} if it must start over
   */
  byte[] reconnect(CloseReason reason, Duration refusing, long through);
}

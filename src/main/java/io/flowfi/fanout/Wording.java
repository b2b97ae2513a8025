package io.flowfi.fanout;

import io.flowfi.log.LogBounds;
import java.time.Duration;

/**
 * What subscribers are told beside the events of the log, as bytes of the protocol they listen to.
 * Each pump has one of its own, which only its thread calls.
 */
public interface Wording {
  /** Where a position is asked for: there is none that the client may come back with. */
  long NO_POSITION = -1;

  /**
   * The first words on a connection: as whom the client has been let in, and which log it is, so
   * that it does not go on as another or from a position of another.
   *
   * @param start the position the connection starts from; {@link #NO_POSITION} leaves it out, so
   *     that a client cut off in the middle of its snapshot does not come back with a cursor that
   *     claims it has seen it
   */
  byte[] connected(Subscription subscription, long start, long head);

  /**
   * Moves the client off the cursor that could not be honoured.
   *
   * @param start the position it goes on from; {@link #NO_POSITION} leaves it without any, because
   *     a snapshot follows and it has not seen that yet
   */
  byte[] reset(ResetReason reason, LogBounds bounds, long start);

  /** The states before it are all there are, read at a position. */
  byte[] snapshotEnd(long position);

  /**
   * Says that the connection lives, and moves the client's cursor.
   *
   * @param through what was sent to it; {@link #NO_POSITION} leaves its cursor where it is
   */
  byte[] heartbeat(long head, long through);

  /**
   * Closing words.
   *
   * @param refusing for how long the node may refuse whoever comes back; zero unless it stops
   * @param through what was sent to it; {@link #NO_POSITION} if it must begin anew
   */
  byte[] reconnect(CloseReason reason, Duration refusing, long through);
}

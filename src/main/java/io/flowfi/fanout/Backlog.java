package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import java.util.List;
import java.util.function.Predicate;

/**
 * The part of the log that has left the ring, as frames, and the states of streams. Calls block;
 * only the backlog reader threads make them.
 */
public interface Backlog {
  /** What the log holds now. */
  LogBounds bounds();

  /** Matching frames after a position, in order. */
  Page read(LogPosition after, EventFilter filter, int maxFrames);

  /**
   * Like {@link #read}, for a client that is being sent a snapshot and has no position yet: the
   * frames carry no id.
   *
   * @param born whether events of a stream that was created at this position are wanted; events of
   *     no stream always are
   */
  Page changes(LogPosition after, EventFilter filter, int maxFrames, Predicate<LogPosition> born);

  /**
   * The first matching streams in the order they were created, all read at one position.
   *
   * @param after only those created after this position
   * @param upTo only those created up to this position
   */
  States states(EventFilter filter, LogPosition after, LogPosition upTo, int maxStates);

  /**
   * @param through every event up to here has been looked at
   */
  record Page(List<Frame> frames, LogPosition through) {}

  /**
   * @param readAt the position at which all of them were read
   * @param last whether there are no more
   */
  record States(List<State> states, LogPosition readAt, boolean last) {}

  /**
   * A stream's state as it goes over the wire.
   *
   * @param born the position at which the stream was created
   * @param parties of the stream
   * @param frame shared, must never be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record State(LogPosition born, List<Address> parties, byte[] frame) {}
}

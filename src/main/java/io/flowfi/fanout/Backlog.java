package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import java.util.List;

/**
 * The part of the log that has left the ring, as frames. Calls block; only the backlog reader
 * threads make them.
 */
public interface Backlog {
  /** What the log holds now. */
  LogBounds bounds();

  /** Matching frames after a position, in order. */
  Page read(LogPosition after, EventFilter filter, int maxFrames);

  /** Opens the state of all streams the filter matches, read at one position of the log. */
  Snapshot snapshot(EventFilter filter);

  /**
   * @param through every event up to here has been looked at
   */
  record Page(List<Frame> frames, LogPosition through) {}

  /** Encoded snapshot frames, in memory or spooled to disk. Closed by whoever opened it. */
  interface Snapshot extends AutoCloseable {
    /** The position the states were read at. */
    LogPosition position();

    /**
     * Frames from the {@code from}-th on, up to about {@code maxBytes}; empty when there are no
     * more.
     */
    List<byte[]> read(long from, int maxBytes);

    @Override
    void close();
  }
}

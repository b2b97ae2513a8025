package io.flowfi.log;

/** Reading the durable log. Calls block on the store; any thread may make them. */
public interface EventLog {
  /** The log's identity; it does not change while the log is open. Does not block. */
  LogIdentity identity();

  /**
   * What the log holds at this moment.
   *
   * @throws LogUnavailableException if the store cannot be read
   */
  LogBounds bounds();

  /**
   * Reads on after a position.
   *
   * @param after exclusive; retention may have removed events after it, without an error: compare
   *     with {@link #bounds()}
   * @param maxEvents most events to return, at least 1
   * @throws LogUnavailableException if the store cannot be read
   */
  EventPage read(LogPosition after, EventFilter filter, int maxEvents);
}

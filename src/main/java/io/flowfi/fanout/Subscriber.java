package io.flowfi.fanout;

/**
 * One connection of the fan-out, as other code sees it. {@link FanOut#prepare} makes it, so that an
 * output that reports to it can be built; then it is started once with that output. All methods may
 * be called from any thread and return at once.
 */
public interface Subscriber extends OutputListener {
  /** Hands over the output and starts the delivery. Call exactly once. */
  void start(EventOutput output);

  /**
   * Sends a frame that is not in the log. Bounded: returns false if too many wait or the subscriber
   * is closed.
   */
  boolean send(byte[] frame);

  /** Ends the connection and tells the client why, if it still reads. */
  void close(CloseReason reason);

  /**
   * Ends the connection after the sent frames, without a closing frame. Also for a subscriber that
   * was prepared and never started.
   */
  void close();

  boolean isClosed();

  /**
   * After the end: the last position handed to the client's socket, including that of a snapshot's
   * state; -1 if nothing was sent.
   */
  long sentThrough();
}

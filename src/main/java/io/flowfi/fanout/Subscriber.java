package io.flowfi.fanout;

/**
 * The outside of one connection in the fan-out. Made by {@link FanOut#prepare}, so that an output
 * can be built that reports to it, then started once with that output. All methods may be called
 * from any thread and return at once.
 */
public interface Subscriber extends OutputListener {
  /** Hands over the output; frames flow from here on. Call exactly once. */
  void start(EventOutput output);

  /**
   * Sends a frame that is not in the log. Bounded: refused (false) if too many wait or the
   * subscriber is closed.
   */
  boolean send(byte[] frame);

  /** Ends the connection, telling the client why if it still listens. */
  void close(CloseReason reason);

  /**
   * Ends the connection after what was sent, without a word. Also for one that was prepared and
   * never started.
   */
  void close();

  boolean isClosed();

  /**
   * Once closed: the last position that was handed to the client's socket, that of a snapshot's
   * state included; -1 if the client was sent nothing.
   */
  long sentThrough();
}

package io.flowfi.fanout;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes one subscriber's bytes: a connection that accepts what fits and never blocks. All calls
 * come from the subscriber's pump thread. An output reports to the subscriber's {@link
 * OutputListener}.
 */
public interface EventOutput {
  /**
   * Whether it is ready to take bytes at all. Until then its subscriber does not begin; the output
   * calls {@link OutputListener#writable()} when it is ready.
   */
  default boolean isReady() {
    return true;
  }

  /**
   * Writes as much as the connection takes now.
   *
   * @param block advanced by the bytes taken; a shared, read-only view that must not be kept after
   *     the call; empty to go on with bytes accepted before, or with what comes before the first
   *     block
   * @return whether everything was taken; if not, {@link OutputListener#writable()} is called once
   *     there is room again
   * @throws IOException if the connection is gone
   */
  boolean offer(ByteBuffer block) throws IOException;

  /**
   * Whether it takes nothing because others on the same connection to the client, such as other
   * streams of one HTTP/2 connection, have used up its room. Asked while it takes nothing.
   *
   * @param sinceNanos when it last took something, by {@link System#nanoTime()}
   */
  default boolean isHeldByOthers(long sinceNanos) {
    return false;
  }

  /** Ends the connection after the accepted bytes; idempotent, never blocks, never throws. */
  void close();
}

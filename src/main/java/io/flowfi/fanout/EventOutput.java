package io.flowfi.fanout;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where one subscriber's bytes go: a connection that accepts what fits and never blocks. All calls
 * come from the subscriber's pump thread. Whoever makes an output reports to the subscriber's
 * {@link OutputListener}.
 */
public interface EventOutput {
  /**
   * Whether it can take anything at all yet. While it cannot, its subscriber has not begun; it then
   * calls {@link OutputListener#writable()} once it can.
   */
  default boolean isReady() {
    return true;
  }

  /**
   * Writes as much as the connection takes now.
   *
   * @param block advanced by what was taken; a shared, read-only view that must not be kept after
   *     the call; empty to write on what was accepted before, or what goes before the first block
   * @return whether everything was taken; if not, {@link OutputListener#writable()} is called once
   *     there is room again
   * @throws IOException if the connection is gone
   */
  boolean offer(ByteBuffer block) throws IOException;

  /**
   * Whether it takes nothing because others that share its way to the client, as the streams of one
   * HTTP/2 connection do, have used up the room there is. Asked while it takes nothing.
   *
   * @param sinceNanos when it last took something, in the terms of {@link System#nanoTime()}
   */
  default boolean isHeldByOthers(long sinceNanos) {
    return false;
  }

  /** Ends the connection after what was accepted; idempotent, never blocks, never throws. */
  void close();
}

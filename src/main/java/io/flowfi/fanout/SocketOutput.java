package io.flowfi.fanout;

import java.nio.channels.SelectableChannel;

/**
 * An output over a socket that a selector can watch. Its pump then waits for room by itself, and
 * the output need not report {@link OutputListener#writable()}: no other thread is involved between
 * the kernel and the next write.
 */
public interface SocketOutput extends EventOutput {
  /**
   * The socket, in non-blocking mode. The pump registers it with a selector of its own for as long
   * as the connection lasts.
   *
   * @return null while the output itself reports when it is writable
   */
  SelectableChannel socket();
}

package io.flowfi.fanout;

import java.nio.channels.SelectableChannel;

/**
 * An output over a socket that a selector can watch. Its pump then waits for room by itself, and
 * the output need not report {@link OutputListener#writable()}: from the kernel to the next write
 * no other thread has a part in it.
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

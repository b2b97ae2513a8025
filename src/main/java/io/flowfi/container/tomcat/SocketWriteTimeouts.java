package io.flowfi.container.tomcat;

import io.flowfi.output.WriteTimeouts;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * The write time-out of the socket behind an HTTP/1.1 request.
 *
 * <p>Tomcat uses it twice. The poller ends an asynchronous response whose client takes nothing for
 * that long; the application cannot prevent it. And when a response is completed with bytes still
 * unsent, a request thread waits that long for the client to take them: a few dozen such clients,
 * ended together, would hold every thread of the server.
 *
 * <p>So an open event stream has no time-out, and a very short one at its end. Neither affects a
 * later request on the same connection: there is none, because the response says {@code Connection:
 * close}.
 */
final class SocketWriteTimeouts implements WriteTimeouts {
  private static final int NEVER = -1;

  /** Milliseconds; zero would be forever. */
  private static final int AT_ONCE = 1;

  @Override
  public Of of(HttpServletRequest request, HttpServletResponse response) {
    SocketWrapperBase<?> socket = RequestSocket.of(request);
    if (socket == null) {
      Http2Stream stream = Http2Stream.of(request);
      return stream == null ? NONE.of(request, response) : stream;
    }
    response.setHeader("Connection", "close");
    return new OfSocket(socket);
  }

  private record OfSocket(SocketWrapperBase<?> socket) implements Of {
    @Override
    public void lift() {
      socket.setWriteTimeout(NEVER);
      // the channel is missing if the socket has already been closed
      if (socket.getSocket() instanceof NioChannel channel && channel.getIOChannel() != null) {
        SocketBuffers.narrow(channel.getIOChannel());
      }
    }

    @Override
    public void cut() {
      socket.setWriteTimeout(AT_ONCE);
    }
  }
}

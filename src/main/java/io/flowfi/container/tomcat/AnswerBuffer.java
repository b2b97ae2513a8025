package io.flowfi.container.tomcat;

import io.flowfi.output.OnePiece;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A larger write buffer for one answer, on a plain socket. The connector's is small ({@code
 * socket.appWriteBufSize}), because each idle connection keeps it; this one is gone when the
 * request ends, so there are no more of them than threads.
 *
 * <p>Belongs to the thread that handles the request. Not for requests that go on without it.
 */
final class AnswerBuffer implements OnePiece {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerBuffer.class);

  /** Longer answers leave in pieces of this size. */
  static final int MOST_BYTES = 64 * 1024;

  /** For the answer's head, without which the socket would be written twice. */
  private static final int HEAD_BYTES = 2 * 1024;

  private final HttpServletRequest request;
  private final SocketWrapperBase<?> socket;

  /** The connection's own while it has a larger one; otherwise null. */
  private ByteBuffer own;

  AnswerBuffer(HttpServletRequest request, SocketWrapperBase<?> socket) {
    this.request = request;
    this.socket = socket;
  }

  @Override
  public void ofLength(int bytes) {
    if (own == null && !request.isAsyncStarted()) {
      int size = Math.min(bytes, MOST_BYTES) + HEAD_BYTES;
      own = SocketBuffers.exchanged(socket, ByteBuffer.allocate(size));
    }
  }

  /** Sends what the larger buffer still holds. */
  void flush(HttpServletResponse response) {
    if (own != null) {
      try {
        response.flushBuffer();
      } catch (IOException gone) {
        // Tomcat has noticed, too, and closes the connection
        LOG.debug("the client left before it had its answer", gone);
      }
    }
  }

  /**
   * Gives the connection its own buffer back. If the larger one is not empty, because the answer
   * has failed halfway, it stays until the connection ends.
   */
  void giveBack() {
    if (own != null) {
      SocketBuffers.exchanged(socket, own);
      own = null;
    }
  }
}

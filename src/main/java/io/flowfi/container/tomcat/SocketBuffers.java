package io.flowfi.container.tomcat;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The buffers of a socket, Tomcat's and the kernel's: of an event stream's, and for one {@link
 * AnswerBuffer answer}.
 *
 * <p>Releases the two buffers that Tomcat keeps for an open plain socket: half the memory of an
 * idle event stream. A detached socket needs neither, because it is written and read through its
 * channel.
 *
 * <p>Only where the connector does not pool its channels ({@code socket.bufferPool="0"}): another
 * connection would reuse a pooled one and find no buffers. Tomcat has no API for this, so private
 * fields are set. If a later Tomcat has other fields, the buffers stay and nothing else changes.
 */
final class SocketBuffers {
  private static final Logger LOG = LoggerFactory.getLogger(SocketBuffers.class);

  /** It has no room, so connections cannot see each other's bytes in it. */
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  /**
   * How many unsent bytes the kernel may hold for a subscriber; it doubles the number. Events that
   * do not fit wait in the log at no cost; events that wait here are late. With ten thousand
   * clients behind at once, filling twice as much took the pumps longer than delivering. A hundred
   * missed events fit.
   */
  private static final int SEND_BYTES = 32 * 1024;

  private static final Fields FIELDS = fields();

  private SocketBuffers() {}

  private record Fields(VarHandle read, VarHandle write, VarHandle pool) {}

  private static Fields fields() {
    try {
      return new Fields(
          Insides.Field.READ_BUFFER.find(),
          Insides.Field.WRITE_BUFFER.find(),
          Insides.Field.SOCKET_POOL.find());
    } catch (ReflectiveOperationException | LinkageError otherTomcat) {
      LOG.info("this Tomcat's socket buffers are kept for every event stream", otherTomcat);
      return null;
    }
  }

  /** Takes the unwritten bytes out of a socket's buffer; it is then empty. */
  static ByteBuffer taken(NioChannel socket) {
    SocketBufferHandler buffers = socket.getBufHandler();
    buffers.configureWriteBufferForRead();
    ByteBuffer waiting = buffers.getWriteBuffer();
    ByteBuffer taken = ByteBuffer.allocate(waiting.remaining()).put(waiting).flip();
    buffers.configureWriteBufferForWrite();
    return taken;
  }

  /**
   * Drops the buffers of a socket that is read and written only through its channel from here on.
   */
  static void drop(SocketWrapperBase<?> wrapper, NioChannel socket) {
    if (FIELDS == null
        || !(wrapper instanceof NioEndpoint.NioSocketWrapper)
        || FIELDS.pool.get(wrapper) != null) {
      return;
    }
    SocketBufferHandler buffers = socket.getBufHandler();
    if (buffers.getReadBuffer().isDirect()) {
      return; // Tomcat frees those by hand when the socket closes
    }
    FIELDS.read.setVolatile(buffers, NONE);
    FIELDS.write.setVolatile(buffers, NONE);
  }

  /**
   * Gives a plain socket another buffer for what is written to it. Only for the thread that writes.
   *
   * @return the one before; null if it stays, because it is not empty, or not of the kind that can
   *     be replaced
   */
  static ByteBuffer exchanged(SocketWrapperBase<?> wrapper, ByteBuffer other) {
    if (FIELDS == null
        || wrapper.isClosed()
        || !(wrapper.getSocket() instanceof NioChannel nio)
        || nio.getClass() != NioChannel.class // a subclass encrypts, with buffers of a certain size
        || wrapper.hasDataToWrite()) {
      return null;
    }
    SocketBufferHandler buffers = nio.getBufHandler();
    buffers.configureWriteBufferForWrite(); // empty, and ready for more, as the other one is
    ByteBuffer before = buffers.getWriteBuffer();
    if (before.isDirect()) {
      return null; // Tomcat frees those by hand when the socket closes
    }
    FIELDS.write.setVolatile(buffers, other.clear());
    return before;
  }

  /**
   * Shrinks the kernel's send buffer to the size for an event stream: the connector's size is for
   * whole answers. Java reports half of what Linux uses.
   */
  static void narrow(SocketChannel socket) {
    try {
      if (socket.getOption(StandardSocketOptions.SO_SNDBUF) > SEND_BYTES) {
        socket.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BYTES);
      }
    } catch (IOException gone) {
      LOG.debug("the client left before its event stream began", gone);
    }
  }
}

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
 * The buffers of an event stream's socket, Tomcat's and the kernel's.
 *
 * <p>Lets go of the two buffers that Tomcat keeps for a plain socket as long as it is open, half of
 * what an idle event stream would take. A detached socket needs neither: blocks go straight to its
 * channel, and so does what reads it.
 *
 * <p>Only where the connector does not pool its channels ({@code socket.bufferPool="0"}): a pooled
 * one goes on to another connection, which would find no buffers. Tomcat has no call for this, so
 * its private fields are set; if a later Tomcat has other fields, the buffers stay and nothing else
 * changes.
 */
final class SocketBuffers {
  private static final Logger LOG = LoggerFactory.getLogger(SocketBuffers.class);

  /** Without room there is nothing in it that one connection could see of another. */
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  /**
   * What the kernel may hold unsent for a subscriber; it doubles the figure. What does not fit
   * waits in the log, for nothing; what waits here is late, and with ten thousand clients behind at
   * once filling twice as much took the pumps longer than delivering. A hundred missed events fit.
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

  /** Takes what waits in a socket's buffer to be written; it is empty then. */
  static ByteBuffer taken(NioChannel socket) {
    SocketBufferHandler buffers = socket.getBufHandler();
    buffers.configureWriteBufferForRead();
    ByteBuffer waiting = buffers.getWriteBuffer();
    ByteBuffer taken = ByteBuffer.allocate(waiting.remaining()).put(waiting).flip();
    buffers.configureWriteBufferForWrite();
    return taken;
  }

  /** Drops the buffers of a socket that is read and written by its channel alone from here on. */
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
   * Makes the kernel's send buffer that of an event stream, if it is larger: the connector's is for
   * whole answers. Java tells what was asked for, half of what Linux keeps.
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

package io.flowfi.container.tomcat;

import io.flowfi.fanout.OutputListener;
import io.flowfi.fanout.SocketOutput;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.RejectedExecutionException;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One detached connection: Tomcat's handler for the upgraded socket and the subscriber's output.
 * They are one object, because there may be very many.
 *
 * <p>State machine: DETACHING (the response head may not have left) -> OPEN -> CLOSED. On a plain
 * socket it is OPEN as soon as the head has left, while Tomcat still finishes the request: Tomcat
 * writes nothing more to it, and a subscriber whose greeting waited for the end of the request
 * would begin parked. Threads: the pump calls {@link #offer} and {@link #close}; container threads
 * call the rest, one at a time, holding the socket wrapper's lock. This object's monitor guards the
 * state and the wrapper's buffers; nothing that may take the wrapper's lock is called while holding
 * it.
 *
 * <p>On plain sockets the block is written to the {@code SocketChannel} in one system call. The
 * channel is fetched once and kept: Tomcat pools its {@code NioChannel}s and gives them to other
 * connections, so asking the wrapper for its socket at every write could, in a race with a close,
 * write one client's events to another. A {@code SocketChannel} always belongs to one connection,
 * and its pump waits for room in it by itself. With TLS the pooled buffers must be used. There
 * every write holds the monitor, which {@link #destroy()} takes before Tomcat recycles them.
 */
public final class DetachedOutput implements SocketOutput, InternalHttpUpgradeHandler {
  private static final Logger LOG = LoggerFactory.getLogger(DetachedOutput.class);

  /** How many unwritten bytes a wrapper may hold for a TLS client that does not read. */
  private static final int MAX_BUFFERED = 16 * 1024;

  /**
   * The client of an event stream sends nothing more; one that keeps sending is not a proper
   * client.
   */
  private static final int MAX_UNASKED_BYTES = 64 * 1024;

  private static final int READ_BYTES = 1024;

  private enum State {
    DETACHING,
    OPEN,
    CLOSED
  }

  private State state = State.DETACHING;
  private OutputListener listener;
  private SocketWrapperBase<?> wrapper;

  /** Null unless the socket is a plain one. */
  private volatile SocketChannel channel;

  /** Goes before the first block; belongs to the pump once the subscriber has started. */
  private ByteBuffer head;

  private int unaskedBytes;

  /** For Tomcat, which makes the handler by reflection. */
  public DetachedOutput() {}

  synchronized void reportTo(OutputListener subscriber) {
    listener = subscriber;
  }

  /**
   * Opens on a plain socket before the request is finished. The response head, which is in the
   * socket's buffer by then, is written first: it leaves together with the greeting, in one system
   * call.
   *
   * @param socket the request's; null if unknown
   * @param putHead puts the head into the socket's buffer
   * @return false if that is not possible here: then the caller must flush the head, and {@link
   *     #init} opens
   */
  boolean openWith(SocketWrapperBase<?> socket, Runnable putHead) {
    SocketChannel plain = socket == null || socket.hasDataToWrite() ? null : plainChannel(socket);
    if (plain == null) {
      return false;
    }
    putHead.run();
    synchronized (this) {
      if (state == State.DETACHING) {
        head = SocketBuffers.taken((NioChannel) socket.getSocket());
        state = State.OPEN;
        channel = plain;
      }
    }
    return true;
  }

  /** Null if the socket encrypts, as subclasses of {@code NioChannel} do. */
  private static SocketChannel plainChannel(SocketWrapperBase<?> socket) {
    return socket.getSocket() instanceof NioChannel nio && nio.getClass() == NioChannel.class
        ? nio.getIOChannel()
        : null;
  }

  @Override
  public boolean isReady() {
    return channel != null || isOutOfTomcatsHands();
  }

  private synchronized boolean isOutOfTomcatsHands() {
    return state != State.DETACHING;
  }

  @Override
  public boolean offer(ByteBuffer block) throws IOException {
    SocketChannel plain = channel;
    if (plain != null) {
      return writeTo(plain, block);
    }
    boolean all = offerBuffered(block);
    if (!all && channel == null) {
      awaitWritable();
    }
    return all;
  }

  // if it does not take everything, the pump watches the socket
  private boolean writeTo(SocketChannel plain, ByteBuffer block) throws IOException {
    if (head == null) {
      plain.write(block);
      return !block.hasRemaining();
    }
    plain.write(new ByteBuffer[] {head, block});
    if (head.hasRemaining()) {
      return false;
    }
    head = null;
    return !block.hasRemaining();
  }

  @Override
  public SelectableChannel socket() {
    return channel;
  }

  private synchronized boolean offerBuffered(ByteBuffer block) throws IOException {
    if (state == State.CLOSED || wrapper != null && wrapper.isClosed()) {
      throw new ClosedChannelException();
    }
    if (state == State.DETACHING) {
      // init() reports when bytes can flow
      return false;
    }
    if (channel != null) {
      // it was opened after the check without the monitor; the wrapper no longer has buffers
      return writeTo(channel, block);
    }
    int end = block.limit();
    try {
      while (true) {
        boolean full = wrapper.hasDataToWrite() && wrapper.flush(false);
        if (full || block.position() == end) {
          return block.position() == end && !full;
        }
        block.limit(Math.min(end, block.position() + MAX_BUFFERED));
        wrapper.write(false, block);
      }
    } finally {
      block.limit(end);
    }
  }

  private void awaitWritable() {
    SocketWrapperBase<?> open;
    synchronized (this) {
      open = state == State.OPEN ? wrapper : null;
    }
    if (open != null) {
      open.registerWriteInterest();
    }
  }

  /**
   * When the handler answers the STOP, Tomcat closes the socket and so sends the FIN. Nothing else
   * reaches the client.
   */
  @Override
  public void close() {
    writeHeadAlone();
    SocketWrapperBase<?> open = release();
    if (open != null) {
      stop(open);
    }
  }

  /** An end before the greeting still needs an answer. */
  private synchronized void writeHeadAlone() {
    if (head != null && channel != null) {
      try {
        channel.write(head);
      } catch (IOException gone) {
        LOG.debug("the client left before its event stream began", gone);
      }
      head = null;
    }
  }

  /**
   * Has a container thread answer the STOP. Tomcat's own way to one does not say whether a thread
   * has taken it, and a full executor refuses.
   */
  private static void stop(SocketWrapperBase<?> open) {
    try {
      open.execute(() -> open.processSocket(SocketEvent.STOP, false));
    } catch (RejectedExecutionException full) {
      LOG.debug("the container has no thread for the end of an event stream", full);
      open.close();
    } catch (Throwable e) {
      // no Tomcat thread has taken it, so nobody else will close it
      open.close();
      throw e;
    }
  }

  @Override
  public synchronized void setSocketWrapper(SocketWrapperBase<?> socket) {
    wrapper = socket;
  }

  /** The request is finished, and Tomcat has released everything except the socket. */
  @Override
  public void init(WebConnection connection) {
    SocketWrapperBase<?> ended = null;
    synchronized (this) {
      if (state == State.OPEN) {
        slim(wrapper, channel);
      } else if (state == State.CLOSED) {
        ended = wrapper;
      }
    }
    if (ended != null) {
      // closed before there was a wrapper to close
      stop(ended);
    }
    open();
  }

  private static void slim(SocketWrapperBase<?> wrapper, SocketChannel plain) {
    SocketBuffers.drop(wrapper, (NioChannel) wrapper.getSocket());
    SocketBuffers.narrow(plain);
  }

  /** Opens when the response head has left, if any of it was still buffered. */
  private void open() {
    OutputListener subscriber;
    SocketWrapperBase<?> waiting = null;
    synchronized (this) {
      if (state != State.DETACHING) {
        return;
      }
      subscriber = listener;
      if (headIsBuffered()) {
        waiting = wrapper;
      } else {
        state = State.OPEN;
        channel = plainChannel(wrapper);
        if (channel != null) {
          slim(wrapper, channel);
        }
      }
    }
    if (waiting != null) {
      waiting.registerWriteInterest();
    } else if (subscriber != null) {
      subscriber.writable();
    }
  }

  private boolean headIsBuffered() {
    try {
      return wrapper.hasDataToWrite() && wrapper.flush(false);
    } catch (IOException gone) {
      LOG.debug("the client left before its event stream began", gone);
      return true;
    }
  }

  @Override
  public SocketState upgradeDispatch(SocketEvent event) {
    switch (event) {
      case OPEN_READ -> {
        if (!discardInput()) {
          disconnected();
        }
      }
      case OPEN_WRITE -> writable();
      default -> disconnected();
    }
    synchronized (this) {
      return state == State.CLOSED ? SocketState.CLOSED : SocketState.UPGRADED;
    }
  }

  private void writable() {
    open();
    OutputListener subscriber;
    synchronized (this) {
      subscriber = state == State.OPEN ? listener : null;
    }
    if (subscriber != null) {
      subscriber.writable();
    }
  }

  /**
   * Reads and drops what the client sends. If bytes are left, Tomcat calls again, so that one
   * talkative client does not occupy a thread.
   *
   * @return false if the client has ended, or must be ended
   */
  private synchronized boolean discardInput() {
    if (state == State.CLOSED) {
      return false;
    }
    try {
      byte[] unasked = new byte[READ_BYTES];
      SocketChannel plain = channel;
      int read =
          plain == null
              ? wrapper.read(false, unasked, 0, READ_BYTES)
              : plain.read(ByteBuffer.wrap(unasked));
      if (read > 0) {
        unaskedBytes += read;
      }
      return read >= 0 && unaskedBytes <= MAX_UNASKED_BYTES;
    } catch (IOException gone) {
      // the end of the stream or a reset: every event stream ends like that, so there is nothing to
      // report
      return false;
    }
  }

  private void disconnected() {
    OutputListener subscriber;
    synchronized (this) {
      subscriber = listener;
      release();
    }
    if (subscriber != null) {
      subscriber.disconnected();
    }
  }

  /**
   * Takes the socket away from all writers. Only the caller that ends the connection gets the
   * wrapper.
   */
  private synchronized SocketWrapperBase<?> release() {
    SocketWrapperBase<?> open = state == State.CLOSED ? null : wrapper;
    state = State.CLOSED;
    channel = null;
    listener = null;
    return open;
  }

  /** Tomcat has closed the socket or is about to. */
  @Override
  public void destroy() {
    disconnected();
    synchronized (this) {
      wrapper = null;
    }
  }

  @Override
  public void timeoutAsync(long now) {
    // an event stream may be idle for any time; the fan-out closes clients that take no byte
  }

  @Override
  public void setSslSupport(SSLSupport sslSupport) {
    // the request has already seen the certificate
  }

  @Override
  public void pause() {
    // the fan-out ends its connections itself when the application stops
  }
}

package io.flowfi.output;

import io.flowfi.fanout.EventOutput;
import io.flowfi.fanout.OutputListener;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to a {@code ServletOutputStream} in non-blocking mode.
 *
 * <p>Threads: the pump calls {@link #offer} and {@link #close}; the container calls the rest. The
 * monitor is held around every use of the stream and of the asynchronous context, {@code
 * complete()} included, and by every call-back that tells of the end. A container recycles response
 * and context, and Tomcat gives both to later requests, only after those call-backs have returned:
 * so nothing of ours can be under way then, and nothing can follow. Without it one client's bytes
 * could reach another, or a late {@code complete()} end a stranger's stream. The subscriber is told
 * without the monitor, because it belongs to the engine.
 *
 * <p>The discipline of {@code isReady()}: it is asked before every write and every flush. Once it
 * has said no, the container owes one {@code onWritePossible}, so {@code offer} may return false
 * without any further arrangement. Bytes that were written but could not be flushed are flushed by
 * {@code onWritePossible}, since no offer may follow for a long time.
 */
final class AsyncOutput implements EventOutput, WriteListener, AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncOutput.class);

  /**
   * One write: more would be copied into the container's buffers at the expense of a slow client's
   * neighbours.
   */
  static final int MAX_CHUNK = 32 * 1024;

  private final OutputListener listener;
  private final WriteTimeouts.Of writeTimeout;
  private AsyncContext context;
  private ServletOutputStream stream;
  private boolean listening;
  private boolean unflushed;
  private boolean writing;

  AsyncOutput(
      AsyncContext context,
      ServletOutputStream stream,
      OutputListener listener,
      WriteTimeouts.Of writeTimeout) {
    this.context = context;
    this.stream = stream;
    this.listener = listener;
    this.writeTimeout = writeTimeout;
  }

  /** Switches the stream to non-blocking mode. */
  void listen() {
    ServletOutputStream open;
    synchronized (this) {
      open = stream;
    }
    if (open != null) {
      open.setWriteListener(this);
      synchronized (this) {
        listening = true;
      }
      // some containers call onWritePossible first, others only after isReady() has said no: so the
      // pump shall ask
      listener.writable();
    }
  }

  @Override
  public synchronized boolean isReady() {
    return listening || stream == null;
  }

  @Override
  public synchronized boolean offer(ByteBuffer block) throws IOException {
    if (stream == null) {
      throw new ClosedChannelException();
    }
    if (!listening) {
      return false;
    }
    writing = true;
    try {
      while (block.hasRemaining()) {
        if (!stream.isReady()) {
          return false;
        }
        // a fresh array each time: a container may keep it until the bytes are gone
        byte[] chunk =
            new byte[Math.min(block.remaining(), Math.min(MAX_CHUNK, writeTimeout.room()))];
        block.get(chunk);
        unflushed = true;
        stream.write(chunk);
        if (block.hasRemaining() && !flush()) {
          return false;
        }
      }
      return flush();
    } catch (IOException gone) {
      stream = null;
      throw gone;
    } catch (RuntimeException recycled) {
      stream = null;
      // some containers answer a use after the end with an unchecked exception
      throw new IOException("the response is over", recycled);
    } finally {
      writing = false;
    }
  }

  /**
   * Lets written bytes leave now if the stream takes it, else leaves that to the next {@code
   * onWritePossible}.
   *
   * @return whether they have left the container
   */
  private boolean flush() throws IOException {
    if (!stream.isReady()) {
      return false;
    }
    stream.flush();
    unflushed = false;
    // also asks for the call-back that drains what the flush itself could not write
    return stream.isReady();
  }

  @Override
  public synchronized boolean isHeldByOthers(long sinceNanos) {
    return stream != null && writeTimeout.isHeldByOthers(sinceNanos);
  }

  @Override
  public void onWritePossible() throws IOException {
    synchronized (this) {
      if (stream == null) {
        return;
      }
      // within a write of the same thread the write itself goes on to flush
      if (unflushed && !writing) {
        flush();
      }
    }
    listener.writable();
  }

  @Override
  public void close() {
    complete();
  }

  /**
   * A write or flush has failed. Only stops the writing: Tomcat calls {@link #onError(AsyncEvent)}
   * next and completes by itself, elsewhere the subscriber's closing completes.
   */
  @Override
  public void onError(Throwable failure) {
    LOG.debug("an event stream's client is gone", failure);
    synchronized (this) {
      stream = null;
    }
    listener.disconnected();
  }

  /** The container gives up on the connection and recycles everything once this has returned. */
  @Override
  public void onError(AsyncEvent event) {
    LOG.debug("an event stream's client is gone", event.getThrowable());
    complete();
    listener.disconnected();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    complete();
    listener.disconnected();
  }

  /** After our own completion this is its echo; else the container has ended the response. */
  @Override
  public void onComplete(AsyncEvent event) {
    boolean ours;
    synchronized (this) {
      ours = context == null;
      context = null;
      stream = null;
    }
    if (!ours) {
      listener.disconnected();
    }
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // nobody starts a second cycle on this request
  }

  /** Ends the asynchronous cycle, once. Within the monitor: see above. */
  private synchronized void complete() {
    AsyncContext open = context;
    context = null;
    stream = null;
    if (open == null) {
      return;
    }
    // Whoever has more to say waits for the last offer to be taken. What is unsent now never left,
    // and completing would wait for it on a request thread.
    writeTimeout.cut();
    try {
      open.complete();
    } catch (RuntimeException alreadyOver) {
      LOG.debug("the container has completed an event stream first", alreadyOver);
    }
  }
}

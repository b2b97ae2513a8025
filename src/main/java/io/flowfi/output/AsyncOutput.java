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
 * complete()} included, and in every call-back that reports the end. A container recycles response
 * and context, and Tomcat reuses both for later requests, only after those call-backs have
 * returned. So none of our calls can be running then, and none can follow. Without the monitor one
 * client's bytes could reach another client, or a late {@code complete()} could end another
 * client's stream. The subscriber is called without the monitor, because it belongs to the engine.
 *
 * <p>The rule for {@code isReady()}: it is called before every write and every flush. Once it has
 * returned false, the container must call {@code onWritePossible} once, so {@code offer} can simply
 * return false. Bytes that were written but could not be flushed are flushed by {@code
 * onWritePossible}, because the next offer may come much later.
 */
final class AsyncOutput implements EventOutput, WriteListener, AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncOutput.class);

  /**
   * The limit for one write: the container would copy more into its buffers, and a slow client
   * would cost the others memory.
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
      // some containers call onWritePossible first, others only after isReady() has returned false:
      // so the pump must ask
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
   * Flushes written bytes now if the stream allows it; otherwise the next {@code onWritePossible}
   * does.
   *
   * @return whether they have left the container
   */
  private boolean flush() throws IOException {
    if (!stream.isReady()) {
      return false;
    }
    stream.flush();
    unflushed = false;
    // also requests the call-back that drains what the flush itself could not write
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
   * A write or flush has failed. This only stops the writing: Tomcat then calls {@link
   * #onError(AsyncEvent)} and completes by itself; in other containers the closing of the
   * subscriber completes.
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

  /** Reports our own completion, or that the container has ended the response. */
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

  /** Ends the asynchronous cycle, once, with the monitor held (see above). */
  private synchronized void complete() {
    AsyncContext open = context;
    context = null;
    stream = null;
    if (open == null) {
      return;
    }
    // A caller with more to send waits until its last offer is taken. Bytes that are still unsent
    // never left, and completing would wait for them on a request thread.
    writeTimeout.cut();
    try {
      open.complete();
    } catch (RuntimeException alreadyOver) {
      LOG.debug("the container has completed an event stream first", alreadyOver);
    }
  }
}

package io.flowfi.container.tomcat;

import io.flowfi.output.WriteTimeouts;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of an HTTP/2 connection on Tomcat, whose client limits twice what it may be sent
 * unread (RFC 9113, section 5.2): for each stream, and for all of them together. One that it does
 * not read can so use up what the others need, and they stand still like it.
 *
 * <p>Who is to blame cannot be told for certain, because clients give room back in large steps,
 * commonly of half a window. It is taken for the one to which most is on its way: with both windows
 * of one size that is the one, if it is one alone. When it is ended, its client gives the room
 * back.
 *
 * <p>Tomcat keeps what finds no room, and loses some of it: if it grants a part of what a stream
 * waits for and soon the rest, the part is forgotten ({@code Http2UpgradeHandler.releaseBackLog},
 * 10.1.59), so that less and less of a connection's window is left until all its streams stand
 * still for ever. So no more is written than there is {@link #room}, and who waits does so with one
 * byte, of which there are no parts.
 *
 * <p>Tomcat has no call for any of this, so the way leads through private fields; if a later Tomcat
 * has other fields, each stream answers for itself and nothing else changes.
 */
final class Http2Stream implements WriteTimeouts.Of {
  private static final Logger LOG = LoggerFactory.getLogger(Http2Stream.class);

  private static final Inside INSIDE = inside();

  /**
   * When a stream of a connection was last cancelled, in the terms of {@link System#nanoTime()}.
   */
  private static final Map<Object, Long> CANCELLED =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final Object stream;
  private final Object connection;

  private Http2Stream(Object stream, Object connection) {
    this.stream = stream;
    this.connection = connection;
  }

  /**
   * @param window of a stream or connection: bytes that may still be sent
   * @param reserved what is taken off a stream's window and still waits for the connection's
   * @param ready whether an output could be written to
   * @param cancel resets a stream at the end of its response, in place of sending what is unsent
   */
  private record Inside(
      Class<?> processor,
      Class<?> type,
      VarHandle stream,
      VarHandle connection,
      VarHandle streams,
      VarHandle output,
      VarHandle reserved,
      MethodHandle window,
      MethodHandle ready,
      MethodHandle cancel) {}

  private static Inside inside() {
    try {
      return new Inside(
          Insides.Field.HTTP2_STREAM.owner(),
          Insides.Field.HTTP2_OUTPUT.owner(),
          Insides.Field.HTTP2_STREAM.find(),
          Insides.Field.HTTP2_CONNECTION.find(),
          Insides.Field.HTTP2_STREAMS.find(),
          Insides.Field.HTTP2_OUTPUT.find(),
          Insides.Field.HTTP2_RESERVED.find(),
          Insides.Method.HTTP2_WINDOW.find(),
          Insides.Method.HTTP2_READY.find(),
          MethodHandles.insertArguments(
              Insides.Method.HTTP2_RESET.find(),
              1,
              "the client does not read",
              Insides.Field.HTTP2_CANCEL.find().get()));
    } catch (ReflectiveOperationException | LinkageError otherTomcat) {
      LOG.warn(
          "with this Tomcat a stream of HTTP/2 that is not read gets others of its connection ended",
          otherTomcat);
      return null;
    }
  }

  /**
   * The stream that has brought a request.
   *
   * @return null if it is none of HTTP/2, or cannot be told
   */
  static Http2Stream of(ServletRequest request) {
    if (INSIDE == null) {
      return null;
    }
    Object processor = RequestSocket.processorOf(request);
    return INSIDE.processor.isInstance(processor)
        ? new Http2Stream(INSIDE.stream.get(processor), INSIDE.connection.get(processor))
        : null;
  }

  @Override
  public int room() {
    return (int) Math.max(1, Math.min(window(stream), window(connection)));
  }

  @Override
  public boolean isHeldByOthers(long sinceNanos) {
    long mine = left(stream);
    if (mine <= 0) {
      return false;
    }
    Long cancelled = CANCELLED.get(connection);
    if (window(connection) > 0 || cancelled != null && cancelled - sinceNanos > 0) {
      return true; // there is room again, or will be soon
    }
    Collection<?> all = ((ConcurrentNavigableMap<?, ?>) INSIDE.streams.get(connection)).values();
    return all.stream().anyMatch(other -> INSIDE.type.isInstance(other) && left(other) < mine);
  }

  /** How much more of a stream its client would take; all of a connection begin with the same. */
  private static long left(Object stream) {
    return window(stream) + (int) INSIDE.reserved.get(INSIDE.output.get(stream));
  }

  private static long window(Object streamOrConnection) {
    try {
      return (long) INSIDE.window.invoke(streamOrConnection);
    } catch (Throwable impossible) {
      throw new IllegalStateException("Tomcat does not tell a window", impossible);
    }
  }

  /** Tomcat's own time-outs are for writes that block, of which there are none. */
  @Override
  public void lift() {
    // nothing to lift
  }

  /** Completing would wait for the window on a request thread, and fail with a stack trace. */
  @Override
  public void cut() {
    try {
      if (!(boolean) INSIDE.ready.invoke(INSIDE.output.get(stream))) {
        CANCELLED.put(connection, System.nanoTime());
        INSIDE.cancel.invoke(stream);
      }
    } catch (IOException cancelled) {
      LOG.trace("how Tomcat says that it has done it", cancelled);
    } catch (Throwable unexpected) {
      LOG.warn("a stream of HTTP/2 could not be cancelled", unexpected);
    }
  }
}

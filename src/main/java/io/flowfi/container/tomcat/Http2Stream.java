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
 * One stream of an HTTP/2 connection on Tomcat. Its client limits unread bytes twice (RFC 9113,
 * section 5.2): for each stream, and for all of them together. So one unread stream can use up the
 * room that the others need, and they all stand still.
 *
 * <p>The cause cannot be found with certainty, because clients return room in large steps, commonly
 * of half a window. The stream with the most bytes on their way is taken as the cause: if both
 * windows have the same size and only one stream is unread, that is right. When it is ended, its
 * client returns the room.
 *
 * <p>Tomcat buffers bytes that find no room, and loses track of some room: if it grants a part of
 * what a stream waits for and soon the rest, the part is forgotten ({@code
 * Http2UpgradeHandler.releaseBackLog}, 10.1.59). So less and less of a connection's window is left,
 * until all its streams stand still forever. So this writes no more than there is {@link #room},
 * and a stream that waits does so with one byte, which cannot be granted in parts.
 *
 * <p>Tomcat has no API for this, so this uses private fields. If a later Tomcat has other fields,
 * each stream is judged only by itself and nothing else changes.
 */
final class Http2Stream implements WriteTimeouts.Of {
  private static final Logger LOG = LoggerFactory.getLogger(Http2Stream.class);

  private static final Inside INSIDE = inside();

  /** When a stream of a connection was last cancelled, by {@link System#nanoTime()}. */
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
   * @param reserved the bytes already taken from a stream's window that still wait for the
   *     connection's
   * @param ready whether an output could be written to
   * @param cancel resets a stream at the end of its response, instead of sending the unsent bytes
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
          "with this Tomcat an unread HTTP/2 stream makes other streams of its connection end",
          otherTomcat);
      return null;
    }
  }

  /**
   * The stream of a request.
   *
   * @return null if it is not HTTP/2, or unknown
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

  /**
   * How many more bytes of a stream its client takes; all streams of a connection begin with the
   * same number.
   */
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

  /** Tomcat's own time-outs are for blocking writes, and there are none. */
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

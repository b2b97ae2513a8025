package io.flowfi.sse;

import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The sinks that were registered with a broadcaster, and its listeners. Each end is reported to
 * them once. Any thread may call.
 */
abstract class Broadcaster implements SseBroadcaster {
  private final Set<SseEventSink> sinks = ConcurrentHashMap.newKeySet();
  private final List<BiConsumer<SseEventSink, Throwable>> errorListeners =
      new CopyOnWriteArrayList<>();
  private final List<Consumer<SseEventSink>> closeListeners = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /** The listener is called for sinks registered here that missed something. */
  @Override
  public void onError(BiConsumer<SseEventSink, Throwable> listener) {
    checkOpen();
    errorListeners.add(listener);
  }

  /** The listener is called when sinks registered here end. */
  @Override
  public void onClose(Consumer<SseEventSink> listener) {
    checkOpen();
    closeListeners.add(listener);
  }

  /** Keeps a sink until it or the broadcaster ends, which may have happened already. */
  final void keep(SseEventSink sink) {
    sinks.add(sink);
    if (sink.isClosed() || closed) {
      forget(sink);
    }
  }

  /** The present sinks; they may end while the caller goes through them. */
  final Iterable<SseEventSink> sinks() {
    return sinks;
  }

  final void failed(SseEventSink sink, Throwable why) {
    errorListeners.forEach(listener -> listener.accept(sink, why));
  }

  final void forget(SseEventSink sink) {
    if (sinks.remove(sink)) {
      closeListeners.forEach(listener -> listener.accept(sink));
    }
  }

  @Override
  public void close() {
    close(true);
  }

  @Override
  public void close(boolean cascading) {
    closed = true;
    for (SseEventSink sink : sinks) {
      if (cascading) {
        sink.close();
      }
      forget(sink);
    }
  }

  final void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the broadcaster is closed");
    }
  }
}

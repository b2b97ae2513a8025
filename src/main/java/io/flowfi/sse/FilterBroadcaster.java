package io.flowfi.sse;

import io.flowfi.fanout.FilterKey;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The broadcaster of one filter key. Registering a sink adds the key to what the sink will receive
 * from the log; a broadcast is encoded once and handed to each sink's subscriber, so it never waits
 * for a client. Any thread may call. Listeners run on the thread that notices, must not block, and
 * may hear of a sink in any order.
 */
public final class FilterBroadcaster implements SseBroadcaster {
  private final FilterKey key;
  private final Broadcasters registry;
  private final Set<EventStreamSink> sinks = ConcurrentHashMap.newKeySet(1);
  private final List<BiConsumer<SseEventSink, Throwable>> errorListeners =
      new CopyOnWriteArrayList<>();
  private final List<Consumer<SseEventSink>> closeListeners = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  FilterBroadcaster(FilterKey key, Broadcasters registry) {
    this.key = key;
    this.registry = registry;
  }

  @Override
  public void onError(BiConsumer<SseEventSink, Throwable> listener) {
    checkOpen();
    errorListeners.add(listener);
  }

  @Override
  public void onClose(Consumer<SseEventSink> listener) {
    checkOpen();
    closeListeners.add(listener);
  }

  /**
   * Adds this broadcaster's key to what the sink receives. Only while the resource method runs: a
   * subscriber's filter is fixed once it flows.
   *
   * @throws IllegalArgumentException if the sink is not one of the event streams of this
   *     application
   * @throws IllegalStateException if the sink has been handed over or closed, or this broadcaster
   *     is closed
   */
  @Override
  public void register(SseEventSink sink) {
    checkOpen();
    if (!(sink instanceof EventStreamSink ours)) {
      throw new IllegalArgumentException(
          "only a sink of this application's event streams can be registered here");
    }
    ours.join(this);
  }

  /**
   * Sends an event outside the log to every sink under the key. Completes at once: a sink that
   * refuses it, because it has ended or too much waits for it already, is reported to the error
   * listeners and holds nobody back.
   */
  @Override
  public CompletionStage<?> broadcast(OutboundSseEvent event) {
    checkOpen();
    byte[] frame = SseFrameEncoder.encode(event);
    for (EventStreamSink sink : sinks) {
      Throwable refusal = sink.offer(frame);
      if (refusal != null) {
        errorListeners.forEach(listener -> listener.accept(sink, refusal));
      }
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void close() {
    close(true);
  }

  @Override
  public void close(boolean cascading) {
    closed = true;
    registry.drop(this);
    for (EventStreamSink sink : sinks) {
      if (cascading) {
        sink.close();
      }
      if (sinks.remove(sink)) {
        tellClosed(sink);
      }
    }
  }

  FilterKey key() {
    return key;
  }

  Set<EventStreamSink> sinks() {
    return sinks;
  }

  void adoptListeners(FilterBroadcaster other) {
    errorListeners.addAll(other.errorListeners);
    closeListeners.addAll(other.closeListeners);
  }

  FilterBroadcaster add(EventStreamSink sink) {
    return registry.add(this, sink);
  }

  /** The sink has ended. */
  void leave(EventStreamSink sink) {
    if (registry.remove(this, sink) || sinks.remove(sink)) {
      tellClosed(sink);
    }
  }

  private void tellClosed(EventStreamSink sink) {
    closeListeners.forEach(listener -> listener.accept(sink));
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the broadcaster is closed");
    }
  }
}

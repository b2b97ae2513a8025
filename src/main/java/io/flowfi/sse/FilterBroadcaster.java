package io.flowfi.sse;

import io.flowfi.fanout.FilterKey;
import io.flowfi.frames.SseFrameEncoder;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The broadcaster of one filter key. Registering a sink adds the key to what the sink will receive
 * from the log; a broadcast is encoded once and handed to each sink's subscriber, so it never waits
 * for a client. Any thread may call. Listeners run on the thread that notices, must not block, and
 * may hear of a sink in any order.
 *
 * <p>Most keys have one sink and no listeners, and there may be as many broadcasters as
 * connections: so nothing is made for a second sink before there is one.
 */
public final class FilterBroadcaster implements SseBroadcaster {
  private final FilterKey key;
  private final Broadcasters registry;

  // Changed under this object's monitor only, read by anybody.
  /** Two and more are in a concurrent set, fewer in an immutable one. */
  private volatile Set<EventStreamSink> sinks = Set.of();

  private volatile List<BiConsumer<SseEventSink, Throwable>> errorListeners = List.of();
  private volatile List<Consumer<SseEventSink>> closeListeners = List.of();
  private volatile boolean closed;

  FilterBroadcaster(FilterKey key, Broadcasters registry) {
    this.key = key;
    this.registry = registry;
  }

  @Override
  public synchronized void onError(BiConsumer<SseEventSink, Throwable> listener) {
    checkOpen();
    errorListeners = joined(errorListeners, List.of(listener));
  }

  @Override
  public synchronized void onClose(Consumer<SseEventSink> listener) {
    checkOpen();
    closeListeners = joined(closeListeners, List.of(listener));
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
      if (dismiss(sink)) {
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

  synchronized void admit(EventStreamSink sink) {
    if (sinks.isEmpty()) {
      sinks = Set.of(sink);
      return;
    }
    if (sinks.size() == 1) {
      Set<EventStreamSink> several = ConcurrentHashMap.newKeySet();
      several.addAll(sinks);
      sinks = several;
    }
    sinks.add(sink);
  }

  /** Whether the sink was there. */
  synchronized boolean dismiss(EventStreamSink sink) {
    if (sinks.size() > 2) {
      return sinks.remove(sink);
    }
    Set<EventStreamSink> rest = new HashSet<>(sinks);
    boolean removed = rest.remove(sink);
    if (removed) {
      sinks = Set.copyOf(rest);
    }
    return removed;
  }

  synchronized void adoptListeners(FilterBroadcaster other) {
    errorListeners = joined(errorListeners, other.errorListeners);
    closeListeners = joined(closeListeners, other.closeListeners);
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    return more.isEmpty() ? some : Stream.concat(some.stream(), more.stream()).toList();
  }

  FilterBroadcaster add(EventStreamSink sink) {
    return registry.add(this, sink);
  }

  /** The sink has ended. */
  void leave(EventStreamSink sink) {
    if (registry.remove(this, sink) || dismiss(sink)) {
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

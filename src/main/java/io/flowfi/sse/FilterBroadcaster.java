package io.flowfi.sse;

import io.flowfi.fanout.Announcements;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.frames.SseFrameEncoder;
import io.flowfi.log.EventFilter;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The subscribers of a filter for JAX-RS: a view on the fan-out's own index, which includes
 * subscribers that were not registered here. It keeps only the sinks that were registered here, for
 * the listeners. Any thread may call.
 */
public final class FilterBroadcaster implements SseBroadcaster {
  private final EventFilter filter;
  private final Announcements announcements;
  private final Set<SseEventSink> sinks = ConcurrentHashMap.newKeySet();
  private final List<BiConsumer<SseEventSink, Throwable>> errorListeners =
      new CopyOnWriteArrayList<>();
  private final List<Consumer<SseEventSink>> closeListeners = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  FilterBroadcaster(EventFilter filter, Announcements announcements) {
    this.filter = filter;
    this.announcements = announcements;
  }

  /** The listener is called for sinks registered here that missed something, on a pump's thread. */
  @Override
  public void onError(BiConsumer<SseEventSink, Throwable> listener) {
    checkOpen();
    errorListeners.add(listener);
  }

  /** The listener is called when sinks registered here end, on the thread that ends them. */
  @Override
  public void onClose(Consumer<SseEventSink> listener) {
    checkOpen();
    closeListeners.add(listener);
  }

  /**
   * Subscribes a sink to the filter, from now on. Only while the resource method runs, and once: a
   * subscriber's filter is fixed.
   *
   * @throws IllegalArgumentException if the sink is not one of the event streams of this
   *     application
   * @throws IllegalStateException if the sink has a filter or is closed, or this broadcaster is
   *     closed
   */
  @Override
  public void register(SseEventSink sink) {
    checkOpen();
    EventStreamSink ours = EventStreamSink.of(sink);
    ours.subscribe(
        new Subscription(UUID.randomUUID().toString(), filter, Optional.empty(), false),
        new Told(ours));
    sinks.add(ours);
    if (ours.isClosed() || closed) {
      forget(ours); // meanwhile
    }
  }

  /**
   * Sends an event outside the log to all subscribers that {@link Announcements#announce} reaches.
   * It must have no id, which would move their cursors.
   *
   * @return already completed, exceptionally if no subscriber gets it
   * @throws IllegalArgumentException if it has an id, or too many bytes
   */
  @Override
  public CompletionStage<?> broadcast(OutboundSseEvent event) {
    checkOpen();
    if (event.getId() != null) {
      throw new IllegalArgumentException("an event outside the log has no id");
    }
    return announcements.announce(filter, SseFrameEncoder.encode(event))
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedStage(new IOException("too many events are on their way"));
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

  private void forget(SseEventSink sink) {
    if (sinks.remove(sink)) {
      closeListeners.forEach(listener -> listener.accept(sink));
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the broadcaster is closed");
    }
  }

  private final class Told implements SubscriptionListener {
    private final SseEventSink sink;

    Told(SseEventSink sink) {
      this.sink = sink;
    }

    @Override
    public void missed() {
      IOException slow = new IOException("the client is too slow");
      errorListeners.forEach(listener -> listener.accept(sink, slow));
    }

    @Override
    public void ended(long through) {
      forget(sink);
    }
  }
}

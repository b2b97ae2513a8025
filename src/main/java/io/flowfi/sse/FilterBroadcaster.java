package io.flowfi.sse;

import io.flowfi.fanout.Announcements;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.frames.SseFrameEncoder;
import io.flowfi.log.EventFilter;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The subscribers of a filter for JAX-RS: a view on the fan-out's own index, which includes
 * subscribers that were not registered here. It keeps only the sinks that were registered here, for
 * the listeners. They are called for missed events on a pump's thread, and for an end on the thread
 * that ends the sink. Any thread may call.
 */
public final class FilterBroadcaster extends Broadcaster {
  private final EventFilter filter;
  private final Announcements announcements;

  FilterBroadcaster(EventFilter filter, Announcements announcements) {
    this.filter = filter;
    this.announcements = announcements;
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
    keep(ours);
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
    return announcements.announce(filter, SseFrameEncoder.encode(event)).isPresent()
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedStage(new IOException("too many events are on their way"));
  }

  private final class Told implements SubscriptionListener {
    private final SseEventSink sink;

    Told(SseEventSink sink) {
      this.sink = sink;
    }

    @Override
    public void missed() {
      failed(sink, new IOException("the client is too slow"));
    }

    @Override
    public void ended(long through) {
      forget(sink);
    }
  }
}

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
 * The subscribers of a filter for JAX-RS: a view on the fan-out's own index. A broadcast goes to
 * all of them, however they were registered. Any thread may call.
 *
 * <p>It keeps only the sinks that came without a listener of their own, for the listeners of the
 * broadcaster. These are called for missed events on a pump's thread, and for an end on the thread
 * that ends the sink.
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
   * Subscribes a sink from a position, with a snapshot or until a time, as its subscription says.
   * Its events start once the resource method has returned. Called on the request thread, from a
   * resource method.
   *
   * <p>The sink's listener is told of it instead of this broadcaster's. So nothing of the
   * broadcaster stays in memory with the connection, and to close the broadcaster does not close
   * the sink.
   *
   * @param subscription for the filter of this broadcaster
   * @param listener called at the beginning, and exactly once at the end, for whatever reason,
   *     including an error of the resource method after this call
   * @throws IllegalArgumentException if the sink is not one of the event streams of this
   *     application, or the subscription has another filter
   * @throws IllegalStateException if the sink is closed or already has a subscription, or this
   *     broadcaster is closed
   */
  public void register(
      SseEventSink sink, Subscription subscription, SubscriptionListener listener) {
    checkOpen();
    if (!subscription.filter().equals(filter)) {
      throw new IllegalArgumentException("the subscription has another filter");
    }
    EventStreamSink.of(sink).subscribe(subscription, listener);
  }

  /**
   * Sends an event outside the log to all subscribers that {@link Announcements#announce} reaches.
   * It must have no id, which would move their cursors.
   *
   * @return how many get it, completed on a pump's thread; failed with an {@link IOException} if
   *     none does, because too many events are on their way
   * @throws IllegalArgumentException if it has an id, or too many bytes
   */
  @Override
  public CompletionStage<Integer> broadcast(OutboundSseEvent event) {
    checkOpen();
    if (event.getId() != null) {
      throw new IllegalArgumentException("an event outside the log has no id");
    }
    return announcements
        .announce(filter, SseFrameEncoder.encode(event))
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new IOException("too many events are on their way")));
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

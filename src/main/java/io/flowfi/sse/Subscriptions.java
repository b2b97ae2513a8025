package io.flowfi.sse;

import io.flowfi.fanout.Announcements;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.Optional;
import java.util.concurrent.Future;

/** Subscribes sinks, and sends notices to subscribers. Any thread may call. */
public final class Subscriptions {
  private final Announcements announcements;
  private final LogIdentity log;

  /**
   * @param log whose subscribers they are
   */
  public Subscriptions(Announcements announcements, LogIdentity log) {
    this.announcements = announcements;
    this.log = log;
  }

  /**
   * Subscribes a sink; its events start once the resource method has returned. Called on the
   * request thread, from a resource method.
   *
   * @param listener called at the beginning, and exactly once at the end, for whatever reason,
   *     including an error of the resource method after this call
   * @throws IllegalArgumentException if the sink is not one of the event streams of this
   *     application
   * @throws IllegalStateException if the sink is closed or already has a subscription
   */
  public void register(
      SseEventSink sink, Subscription subscription, SubscriptionListener listener) {
    EventStreamSink.of(sink).subscribe(subscription, listener);
  }

  /** The subscribers of a filter. */
  public FilterBroadcaster broadcaster(EventFilter filter) {
    return new FilterBroadcaster(filter, announcements);
  }

  /**
   * Sends a notice to the subscribers of a filter. {@link Announcements#announce} says whom it
   * reaches, and what it answers.
   */
  public Optional<Future<Integer>> announce(EventFilter filter, Notice notice) {
    return announcements.announce(filter, notice.frame(log));
  }
}

package io.flowfi.sse;

import io.flowfi.fanout.FilterKey;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.EventFilter;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Registers a sink for everything a subscription names. Called on the request thread, from a
 * resource method.
 */
public final class Subscriptions {
  private final Broadcasters broadcasters;

  public Subscriptions(Broadcasters broadcasters) {
    this.broadcasters = broadcasters;
  }

  /**
   * Registers the sink with the broadcaster of each key of the subscription's filter and keeps its
   * other wishes (types, resume position, snapshot, lifetime, client id) for the start, which
   * follows once the resource method has returned.
   *
   * @param listener told of the beginning, and exactly once of the end, however it came about, an
   *     error of the resource method after this call included
   * @throws IllegalArgumentException if the sink is not one of the event streams of this
   *     application
   * @throws IllegalStateException if the sink is closed or already has a subscription
   */
  public void register(
      SseEventSink sink, Subscription subscription, SubscriptionListener listener) {
    if (!(sink instanceof EventStreamSink ours)) {
      throw new IllegalArgumentException(
          "only a sink of this application's event streams can be registered here");
    }
    ours.subscribe(subscription, listener);
    for (FilterKey key : keysOf(subscription.filter())) {
      broadcasters.broadcaster(key).register(sink);
    }
  }

  static Set<FilterKey> keysOf(EventFilter filter) {
    Set<FilterKey> keys = new LinkedHashSet<>();
    if (filter.all()) {
      keys.add(FilterKey.All.INSTANCE);
    }
    filter.streams().forEach(stream -> keys.add(new FilterKey.OfStream(stream)));
    filter.users().forEach(user -> keys.add(new FilterKey.OfUser(user)));
    return keys;
  }
}

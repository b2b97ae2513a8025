package io.flowfi.sse;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.flowfi.fanout.Announcements;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.EventFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import org.glassfish.jersey.media.sse.OutboundEvent;

/** Subscribes sinks, and speaks to those who are subscribed. Any thread may call. */
public final class Subscriptions {
  /** Characters of a notice: with four bytes each they fit what an announcement may have. */
  public static final int LONGEST_NOTICE = 400;

  private final Announcements announcements;

  public Subscriptions(Announcements announcements) {
    this.announcements = announcements;
  }

  /**
   * Subscribes a sink; its events start once the resource method has returned. Called on the
   * request thread, from a resource method.
   *
   * @param listener told of the beginning, and exactly once of the end, however it came about, an
   *     error of the resource method after this call included
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
   * Tells the subscribers of a filter something in words: {@code event: notice} with the data
   * {@code {"text":"..."}} and without an id, since it is not of the log. Nobody is told again who
   * was not there. See {@link Announcements#announce} for whom it reaches.
   *
   * @param text 1 to {@value #LONGEST_NOTICE} characters on one line
   * @return false if it was refused, because too many notices are on their way
   * @throws IllegalArgumentException if the text is none of that kind
   */
  public boolean announce(EventFilter filter, String text) {
    if (text.isBlank()
        || text.length() > LONGEST_NOTICE
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a notice has 1 to " + LONGEST_NOTICE + " characters and no line break");
    }
    OutboundSseEvent event =
        new OutboundEvent.Builder()
            .name("notice")
            .mediaType(MediaType.APPLICATION_JSON_TYPE)
            .data(
                String.class,
                "{\"text\":\""
                    + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text))
                    + "\"}")
            .build();
    return !broadcaster(filter).broadcast(event).toCompletableFuture().isCompletedExceptionally();
  }
}

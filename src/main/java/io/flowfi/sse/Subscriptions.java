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

/** Subscribes sinks, and sends notices to subscribers. Any thread may call. */
public final class Subscriptions {
  /** The most characters of a notice: with four bytes each they fit into an announcement. */
  public static final int LONGEST_NOTICE = 400;

  private final Announcements announcements;

  public Subscriptions(Announcements announcements) {
    this.announcements = announcements;
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
   * Sends a text to the subscribers of a filter: {@code event: notice} with the data {@code
   * {"text":"..."}} and without an id, because it is not in the log. It is not repeated for later
   * subscribers. {@link Announcements#announce} says whom it reaches.
   *
   * @param text 1 to {@value #LONGEST_NOTICE} characters on one line
   * @return false if it was rejected because too many notices are on their way
   * @throws IllegalArgumentException if the text is not like that
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

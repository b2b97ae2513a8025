package io.flowfi.sse;

import io.flowfi.fanout.FilterKey;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What a resource method wishes of its event stream, collected while the method runs. Guarded by
 * the {@link EventStreamSink} it belongs to.
 */
final class SinkWishes {
  /** What a resource method may send before the connection flows; more belongs into a snapshot. */
  static final int MAX_FIRST_FRAMES = 16;

  private final SubscriberFactory subscribers;
  private final Consumer<byte[]> respond;
  private final List<byte[]> firstFrames = new ArrayList<>(0);
  private Subscription subscription;

  SinkWishes(SubscriberFactory subscribers, Consumer<byte[]> respond) {
    this.subscribers = subscribers;
    this.respond = respond;
  }

  void subscribe(Subscription wanted) {
    if (subscription != null) {
      throw new IllegalStateException("the sink already has a subscription");
    }
    subscription = wanted;
  }

  /** Whether the frame was taken; if not, there are too many already. */
  boolean sendFirst(byte[] frame) {
    return firstFrames.size() < MAX_FIRST_FRAMES && firstFrames.add(frame);
  }

  /**
   * Makes the subscriber and sends it what comes first.
   *
   * @throws IllegalStateException if there is nothing to subscribe to
   */
  Subscriber subscriber(List<FilterBroadcaster> broadcasters, SubscriptionListener listener) {
    Subscriber made = subscribers.prepare(whole(broadcasters), listener);
    for (byte[] frame : firstFrames) {
      if (!made.send(frame)) {
        throw new IllegalStateException(
            "the fan-out refuses an event that the resource method sent");
      }
    }
    return made;
  }

  private Subscription whole(List<FilterBroadcaster> broadcasters) {
    if (broadcasters.isEmpty()) {
      throw new IllegalStateException(
          "the resource method neither registered nor closed its SseEventSink");
    }
    boolean all = false;
    Set<StreamId> streams = new HashSet<>();
    Set<Address> users = new HashSet<>();
    for (FilterBroadcaster broadcaster : broadcasters) {
      FilterKey key = broadcaster.key();
      if (key instanceof FilterKey.OfStream one) {
        streams.add(one.stream());
      } else if (key instanceof FilterKey.OfUser one) {
        users.add(one.user());
      } else {
        all = true;
      }
    }
    if (subscription == null) {
      EventFilter filter = new EventFilter(all, streams, users, Set.of());
      return new Subscription(UUID.randomUUID().toString(), filter, Optional.empty(), false);
    }
    return subscription.withFilter(
        new EventFilter(all, streams, users, subscription.filter().types()));
  }

  /**
   * Lets Jersey answer.
   *
   * @param whole with what was sent and nothing behind it; else with a head that the stream follows
   */
  void respond(boolean whole) {
    respond.accept(whole ? joined() : null);
  }

  private byte[] joined() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    firstFrames.forEach(body::writeBytes);
    return body.toByteArray();
  }
}

package io.flowfi.sse;

import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a resource method asks of its event stream, collected while the method runs. Guarded by the
 * {@link EventStreamSink} it belongs to.
 */
final class SinkWishes {
  /** What a resource method may send before the connection flows; more belongs in a snapshot. */
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

  /** Takes a frame to send first. False if there are already too many. */
  boolean sendFirst(byte[] frame) {
    return firstFrames.size() < MAX_FIRST_FRAMES && firstFrames.add(frame);
  }

  /**
   * Makes the subscriber and sends it the first frames.
   *
   * @throws IllegalStateException if there is nothing to subscribe to
   */
  Subscriber subscriber(SubscriptionListener listener) {
    if (subscription == null) {
      throw new IllegalStateException(
          "the resource method neither registered nor closed its SseEventSink");
    }
    Subscriber made = subscribers.prepare(subscription, listener);
    for (byte[] frame : firstFrames) {
      if (!made.send(frame)) {
        throw new IllegalStateException(
            "the fan-out refuses an event that the resource method sent");
      }
    }
    return made;
  }

  /**
   * Lets Jersey answer.
   *
   * @param whole only with the sent frames; otherwise with a head that the stream follows
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

package io.flowfi.sse;

import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;

/** Makes subscribers: {@code fanOut::prepare}. */
@FunctionalInterface
public interface SubscriberFactory {
  /**
   * Makes a subscriber; its output follows.
   *
   * @param listener told of its beginning and its end
   */
  Subscriber prepare(Subscription subscription, SubscriptionListener listener);
}

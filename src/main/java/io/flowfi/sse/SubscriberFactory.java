package io.flowfi.sse;

import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;

/** Where subscribers come from: {@code fanOut::prepare}. */
@FunctionalInterface
public interface SubscriberFactory {
  /**
   * Makes a subscriber whose output is yet to come.
   *
   * @param listener told of its beginning and its end
   */
  Subscriber prepare(Subscription subscription, SubscriptionListener listener);
}

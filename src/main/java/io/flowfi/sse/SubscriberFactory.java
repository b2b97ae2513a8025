package io.flowfi.sse;

import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;

/** Where subscribers come from: {@code fanOut::prepare}. */
@FunctionalInterface
public interface SubscriberFactory {
  /**
   * Makes a subscriber whose output is yet to come.
   *
   * @param onClosed called exactly once when the connection has ended, however it ended
   */
  Subscriber prepare(Subscription subscription, Runnable onClosed);
}

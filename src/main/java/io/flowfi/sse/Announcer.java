package io.flowfi.sse;

import io.flowfi.fanout.FilterKey;

/** Sends a frame outside the log to everybody subscribed under a key: {@code fanOut::announce}. */
@FunctionalInterface
public interface Announcer {
  void announce(FilterKey key, byte[] frame);
}

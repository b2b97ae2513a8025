package io.flowfi.relay;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Whether a node still hears itself. A channel can be dead without an end of its connections: the
 * other side is gone, or the two connections lead to different servers. Only a message that made
 * the whole way shows that it works. Thread-safe.
 */
final class Echo {
  private static final long NONE = Long.MIN_VALUE;

  private final long sender = ThreadLocalRandom.current().nextLong();
  private final long silence;

  /** When the newest message that came back was sent. */
  private volatile long lastSent = NONE;

  private volatile long lastHeard;
  private volatile long lag;
  private volatile boolean awaited;
  private volatile long since;

  Echo(Duration silence) {
    this.silence = silence.toNanos();
  }

  long sender() {
    return sender;
  }

  /** Messages should arrive from now on. */
  void expect() {
    since = System.nanoTime();
    awaited = true;
  }

  /** None can arrive. */
  void dismiss() {
    awaited = false;
  }

  /** A message of this node has come. One that others send again proves nothing. */
  void heard(long sentNanos) {
    if (lastSent == NONE || sentNanos - lastSent > 0) {
      lastSent = sentNanos;
      lastHeard = System.nanoTime();
      lag = lastHeard - sentNanos;
    }
  }

  /** Whether one has come lately, and over the present connection. */
  boolean isHeard() {
    long heard = lastHeard;
    return awaited && lastSent != NONE && heard - since >= 0 && System.nanoTime() - heard < silence;
  }

  /** Whether none came though it is time. */
  boolean isMissing() {
    return awaited && System.nanoTime() - since > silence && !isHeard();
  }

  OptionalLong lagMicros() {
    return lastSent == NONE ? OptionalLong.empty() : OptionalLong.of(lag / 1000);
  }
}

package io.flowfi.fanout;

import io.flowfi.log.LogPosition;
import java.time.Duration;
import java.util.List;

/** Delivers published frames to every subscriber whose filter matches. */
public final class FanOut {
  public FanOut(FanOutSettings settings, Backlog backlog, LogPosition head) {}

  /** Appends frames that follow the last published one. One thread, the feed's, in log order. */
  public void publish(List<Frame> frames) {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a subscriber whose output is yet to come.
   *
   * @param onClosed called exactly once when the connection has ended, however it ended
   */
  public Subscriber prepare(Subscription subscription, Runnable onClosed) {
    throw new UnsupportedOperationException();
  }

  /** Sends a frame outside the log to everybody subscribed under a key. */
  public void announce(FilterKey key, byte[] frame) {
    throw new UnsupportedOperationException();
  }

  public FanOutStatistics statistics() {
    throw new UnsupportedOperationException();
  }

  /** Delivers what is published, tells everybody to reconnect, closes all connections; returns when done or out of time. */
  public void shutdown(Duration limit) {
    throw new UnsupportedOperationException();
  }
}

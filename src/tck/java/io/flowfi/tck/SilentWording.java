package io.flowfi.tck;

import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.ResetReason;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.Wording;
import io.flowfi.log.LogBounds;
import java.time.Duration;

/**
 * No words of the server's own: the TCK counts events, and our greeting and last word would be two
 * more.
 */
final class SilentWording implements Wording {
  private static final byte[] NOTHING = {};

  @Override
  public byte[] connected(Subscription subscription, long start, long head) {
    return NOTHING;
  }

  @Override
  public byte[] reset(ResetReason reason, LogBounds bounds, long start) {
    return NOTHING;
  }

  @Override
  public byte[] snapshotEnd(long position) {
    return NOTHING;
  }

  @Override
  public byte[] heartbeat(long head, long through) {
    return NOTHING;
  }

  @Override
  public byte[] reconnect(CloseReason reason, Duration refusing, long through) {
    return NOTHING;
  }
}

package io.flowfi.frames;

import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.FanOutSettings;
import io.flowfi.fanout.ResetReason;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.Wording;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogCursor;
import io.flowfi.log.LogIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The frames that are not events of the log (contract section 3). Each has data, because some
 * clients stop at a block without data. The id is the last line, because some clients store it as
 * soon as they have read it. All values are ours, so none needs escaping.
 *
 * <p>Belongs to one pump thread.
 */
public final class ControlFrames implements Wording {
  /**
   * The least time that clients should stay away from a node that stops. Several clients give up
   * for good when one connection is refused, so they must not return before the port is bound
   * again.
   */
  private static final long AWAY_MILLIS = 8000;

  private static final int AWAY_SPREAD_MILLIS = 2000;

  private static final int SOON_MILLIS = 250;

  private final int retryMillis;
  private final long heartbeatSeconds;
  private final LogIdentity log;

  /** How each object begins. */
  private final String begin;

  /** The latest heartbeat: all live connections share it until something is published. */
  private byte[] heartbeat;

  private long heartbeatHead = NO_POSITION;
  private long heartbeatPosition = NO_POSITION;

  public ControlFrames(FanOutSettings settings, LogIdentity log) {
    this.log = log;
    this.begin = log.begin();
    this.retryMillis = settings.retryMillis();
    this.heartbeatSeconds = Math.max(1, settings.heartbeatInterval().toSeconds());
  }

  @Override
  public byte[] connected(Subscription subscription, long start, long head) {
    String account =
        subscription.account().map(key -> "\"account\":\"" + key.strKey() + "\",").orElse("");
    return utf8(
        "retry: "
            + jitteredRetry()
            + "\ndata: "
            + begin
            + "\"type\":\"connected\",\"clientId\":\""
            + subscription.clientId()
            + "\","
            + account
            + "\"log\":\""
            + log
            + "\",\"head\":"
            + head
            + ",\"heartbeat\":"
            + subscription.heartbeat().map(Duration::toSeconds).orElse(heartbeatSeconds)
            + "}\n"
            + id(start));
  }

  @Override
  public byte[] reset(ResetReason reason, LogBounds bounds, long start) {
    return utf8(
        "event: reset\ndata: "
            + begin
            + "\"reason\":\""
            + wireName(reason)
            + "\",\"oldest\":"
            + bounds.oldest()
            + ",\"head\":"
            + bounds.head()
            + "}\n"
            + (start == NO_POSITION ? "id:\n\n" : id(start)));
  }

  /**
   * A node that stops answers new connections with 503, and a browser's {@code EventSource} then
   * gives up for good (HTML standard, 9.2.3).
   */
  @Override
  public byte[] reconnect(CloseReason reason, Duration refusing, long through) {
    return reconnect(
        reason, reason == CloseReason.SHUTDOWN ? away(refusing) : jitteredRetry(), through);
  }

  private static long away(Duration refusing) {
    if (refusing.isZero()) {
      // other nodes take the client, which must not miss anything for long
      return (long) SOON_MILLIS + ThreadLocalRandom.current().nextInt(SOON_MILLIS + 1);
    }
    return Math.max(AWAY_MILLIS, refusing.toMillis())
        + ThreadLocalRandom.current().nextInt(AWAY_SPREAD_MILLIS + 1);
  }

  private byte[] reconnect(CloseReason reason, long retry, long through) {
    return utf8(
        "retry: "
            + retry
            + "\nevent: reconnect\ndata: "
            + begin
            + "\"reason\":\""
            + wireName(reason.told())
            + "\"}\n"
            + id(through));
  }

  @Override
  public byte[] heartbeat(long head, long through) {
    if (heartbeatHead != head || heartbeatPosition != through) {
      heartbeat =
          utf8("event: heartbeat\ndata: " + begin + "\"head\":" + head + "}\n" + id(through));
      heartbeatHead = head;
      heartbeatPosition = through;
    }
    return heartbeat;
  }

  @Override
  public byte[] snapshotEnd(long position) {
    return utf8(
        "event: snapshot_end\ndata: " + begin + "\"head\":" + position + "}\n" + id(position));
  }

  private static String wireName(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  private String id(long position) {
    return position == NO_POSITION ? "\n" : "id: " + LogCursor.id(position, log) + "\n\n";
  }

  // A fifth to each side of the middle, so that clients cut off together do not return together.
  private int jitteredRetry() {
    return retryMillis
        - retryMillis / 5
        + ThreadLocalRandom.current().nextInt(retryMillis * 2 / 5 + 1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

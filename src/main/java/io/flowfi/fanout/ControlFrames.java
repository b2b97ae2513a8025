package io.flowfi.fanout;

import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The frames that are not events of the log (contract section 3). Each has data, because some
 * clients end at a block without, and its id as the last line, because some take it over as soon as
 * they have read that. All values are ours, so none needs escaping.
 *
 * <p>Belongs to one pump thread.
 */
final class ControlFrames {
  /** Where a position is asked for: there is none that the client may come back with. */
  static final long NO_POSITION = -1;

  /**
   * How long clients stay away from a node that stops, at least: several give up for good at the
   * first connection that is refused, so they must not come before the port is bound again.
   */
  private static final long AWAY_MILLIS = 8000;

  private static final int AWAY_SPREAD_MILLIS = 2000;

  private final int retryMillis;
  private final long heartbeatSeconds;
  private final LogIdentity log;

  /**
   * The latest heartbeat: one for all the connections that are live, until something is published.
   */
  private byte[] heartbeat;

  private long heartbeatHead = NO_POSITION;
  private long heartbeatPosition = NO_POSITION;

  ControlFrames(FanOutSettings settings, LogIdentity log) {
    this.log = log;
    this.retryMillis = settings.retryMillis();
    this.heartbeatSeconds = Math.max(1, settings.heartbeatInterval().toSeconds());
  }

  /**
   * The first words on a connection: as whom the client has been let in, and which log it is, so
   * that it does not go on as another or from a position of another.
   *
   * @param start the position the connection starts from; {@link #NO_POSITION} leaves the id out,
   *     so that a client cut off in the middle of its snapshot does not come back with a cursor
   *     that claims it has seen it
   */
  byte[] connected(Subscription subscription, long start, long head) {
    String account =
        subscription.account().map(key -> "\"account\":\"" + key.strKey() + "\",").orElse("");
    return utf8(
        "retry: "
            + jitteredRetry()
            + "\ndata: {\"type\":\"connected\",\"clientId\":\""
            + subscription.clientId()
            + "\","
            + account
            + "\"log\":\""
            + log
            + "\",\"head\":"
            + head
            + ",\"heartbeat\":"
            + heartbeatSeconds
            + "}\n"
            + id(start));
  }

  /**
   * Moves the client off the cursor that could not be honoured.
   *
   * @param start the position it goes on from; {@link #NO_POSITION} leaves it without any, because
   *     a snapshot follows and it has not seen that yet
   */
  byte[] reset(String reason, LogBounds bounds, long start) {
    return utf8(
        "event: reset\ndata: {\"reason\":\""
            + reason
            + "\",\"oldest\":"
            + bounds.oldest()
            + ",\"head\":"
            + bounds.head()
            + "}\n"
            + (start == NO_POSITION ? "id:\n\n" : id(start)));
  }

  /**
   * Closing words to a client that may come back at any time.
   *
   * @param through what was sent to it; {@link #NO_POSITION} if it must begin anew
   */
  byte[] reconnect(CloseReason reason, long through) {
    return reconnect(reason, jitteredRetry(), through);
  }

  /**
   * Closing words of a node that stops.
   *
   * @param limit how long that may take. For so long it refuses whoever comes with a 503, at which
   *     a browser's {@code EventSource} gives up for good (HTML standard, 9.2.3), so it is told to
   *     stay away until then
   * @param through what was sent to it; {@link #NO_POSITION} if it must begin anew
   */
  byte[] shutdown(Duration limit, long through) {
    long away = Math.max(AWAY_MILLIS, limit.toMillis());
    return reconnect(
        CloseReason.SHUTDOWN,
        away + ThreadLocalRandom.current().nextInt(AWAY_SPREAD_MILLIS + 1),
        through);
  }

  private static byte[] reconnect(CloseReason reason, long retry, long through) {
    return utf8(
        "retry: "
            + retry
            + "\nevent: reconnect\ndata: {\"reason\":\""
            + reason.wireName()
            + "\"}\n"
            + id(through));
  }

  /**
   * Says that the connection lives, and moves the client's cursor.
   *
   * @param through what was sent to it; {@link #NO_POSITION} leaves its cursor where it is
   */
  byte[] heartbeat(long head, long through) {
    if (heartbeatHead != head || heartbeatPosition != through) {
      heartbeat = utf8("event: heartbeat\ndata: {\"head\":" + head + "}\n" + id(through));
      heartbeatHead = head;
      heartbeatPosition = through;
    }
    return heartbeat;
  }

  /** The states before it are all there are, read at a position. */
  byte[] snapshotEnd(long position) {
    return utf8("event: snapshot_end\ndata: {\"head\":" + position + "}\n" + id(position));
  }

  private static String id(long position) {
    return position == NO_POSITION ? "\n" : "id: " + position + "\n\n";
  }

  // A fifth to each side of the middle: clients cut off together do not come back together.
  private int jitteredRetry() {
    return retryMillis
        - retryMillis / 5
        + ThreadLocalRandom.current().nextInt(retryMillis * 2 / 5 + 1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

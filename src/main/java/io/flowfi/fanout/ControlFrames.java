package io.flowfi.fanout;

import io.flowfi.log.LogBounds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The frames that are not events of the log (contract section 3). All values are ours, so none
 * needs escaping.
 */
final class ControlFrames {
  static final byte[] HEARTBEAT = utf8(": heartbeat\n\n");

  private final int retryMillis;

  /**
   * @param retryMillis the middle of the jitter
   */
  ControlFrames(int retryMillis) {
    this.retryMillis = retryMillis;
  }

  /**
   * The first words on a connection.
   *
   * @param start the position the connection starts from; negative leaves the id out, so that a
   *     client cut off in the middle of its snapshot does not come back with a cursor that claims
   *     it has seen it
   */
  byte[] connected(String clientId, long start, long head) {
    String id = start < 0 ? "" : "id: " + start + "\n";
    return utf8(
        "retry: "
            + jitteredRetry()
            + "\n"
            + id
            + "data: {\"type\":\"connected\",\"clientId\":\""
            + clientId
            + "\",\"head\":"
            + head
            + "}\n\n");
  }

  /**
   * Moves the client off the cursor that could not be honoured.
   *
   * @param start the position it goes on from; negative leaves it without any, because a snapshot
   *     follows and it has not seen that yet
   */
  byte[] reset(String reason, LogBounds bounds, long start) {
    return utf8(
        (start < 0 ? "id:" : "id: " + start)
            + "\nevent: reset\ndata: {\"reason\":\""
            + reason
            + "\",\"oldest\":"
            + bounds.oldest()
            + ",\"head\":"
            + bounds.head()
            + "}\n\n");
  }

  /** Closing words to a client that may come back at any time. */
  byte[] reconnect(CloseReason reason) {
    return reconnect(reason, 0);
  }

  /**
   * Closing words of a node that stops.
   *
   * @param limit how long that may take. For so long it refuses whoever comes with a 503, at which
   *     a browser's {@code EventSource} gives up for good (HTML standard, 9.2.3), so it is told to
   *     stay away until then
   */
  byte[] shutdown(Duration limit) {
    return reconnect(CloseReason.SHUTDOWN, limit.toMillis());
  }

  private byte[] reconnect(CloseReason reason, long awayMillis) {
    return utf8(
        "retry: "
            + (awayMillis + jitteredRetry())
            + "\nevent: reconnect\ndata: {\"reason\":\""
            + reason.wireName()
            + "\"}\n\n");
  }

  /** Moves the client's cursor without firing an event. */
  byte[] heartbeat(long position) {
    return utf8(": heartbeat\nid: " + position + "\n\n");
  }

  byte[] position(long position) {
    return utf8("id: " + position + "\n\n");
  }

  // Half to one and a half of the middle: clients cut off together do not come back together.
  private int jitteredRetry() {
    return retryMillis / 2 + ThreadLocalRandom.current().nextInt(retryMillis + 1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

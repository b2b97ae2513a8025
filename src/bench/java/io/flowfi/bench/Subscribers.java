package io.flowfi.bench;

import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.HdrHistogram.Histogram;

/**
 * The connections of one {@link SubscriberPlan} and what they have received. Belongs to the swarm's
 * thread.
 */
final class Subscribers implements MarkerScanner.Sink {
  /** One connection. */
  static final class Connection {
    final Subscribers group;
    final int number;
    final MarkerScanner.Tail tail = new MarkerScanner.Tail();
    final long dialedNanos = System.nanoTime();
    SelectionKey key;
    boolean answered;
    boolean ended;
    int events;
    long dropNanos;

    Connection(Subscribers group, int number) {
      this.group = group;
      this.number = number;
    }
  }

  final SubscriberPlan plan;
  private final int port;
  private final Queue<Connection> toDrop = new ArrayDeque<>();
  private long firstDial;
  private long lastAnswer;
  private long lastCaughtUp;
  private int dialed;
  private long answered;
  private long open;
  private long failed;
  private long refused;
  private long closedByServer;
  private long caughtUp;
  private long windowStart = System.nanoTime();
  private long deliveries;
  private long bytes;
  private Histogram latency = Latency.histogram();
  private final Histogram answerTimes = Latency.histogram();
  private long now;

  /**
   * @param port the server's
   */
  Subscribers(SubscriberPlan plan, int port) {
    this.plan = plan;
    this.port = port;
  }

  /**
   * Nanoseconds until the next dial may begin; 0 for at once, {@link Long#MAX_VALUE} for not now.
   */
  long untilNextDial(long nanos) {
    if (dialed >= plan.count() || dialed - answered - failed - refused >= plan.inFlight()) {
      return Long.MAX_VALUE;
    }
    if (plan.dialsPerSecond() == 0 || dialed == 0) {
      return 0;
    }
    return Math.max(0, firstDial + (long) (dialed * 1e9 / plan.dialsPerSecond()) - nanos);
  }

  Connection dial() {
    Connection connection = new Connection(this, dialed++);
    if (connection.number == 0) {
      firstDial = connection.dialedNanos;
    }
    return connection;
  }

  ByteBuffer request(Connection connection) {
    String path = plan.path().replace("%d", "%06d".formatted(connection.number % plan.topics()));
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost:"
            + port
            + "\r\nAccept: text/event-stream\r\n"
            + plan.headers()
            + "\r\n";
    return ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * The first bytes of the answer are here.
   *
   * @return whether the connection is now a stream
   */
  boolean answered(Connection connection, int status) {
    if (status != 200) {
      refused++;
      return false;
    }
    connection.answered = true;
    lastAnswer = System.nanoTime();
    answered++;
    open++;
    answerTimes.recordValue(Math.min((lastAnswer - connection.dialedNanos) / 1000, 59_000_000));
    if (plan.lifeMillis() > 0) {
      connection.dropNanos = lastAnswer + plan.lifeMillis() * 1_000_000L;
      toDrop.add(connection);
    }
    return true;
  }

  void failed() {
    failed++;
  }

  /** The server has ended a connection, or broken it. */
  void ended(Connection connection) {
    connection.ended = true;
    if (connection.answered) {
      open--;
      closedByServer++;
    } else {
      failed++;
    }
  }

  void received(Connection connection, int count, int end, MarkerScanner scanner) {
    bytes += count;
    // One reading of the clock for each read: events that waited in the client's own loop count as
    // late, too.
    now = WallClock.micros();
    long before = deliveries;
    scanner.scan(end, connection.tail, this);
    int previous = connection.events;
    connection.events += (int) (deliveries - before);
    if (plan.backlog() > previous && connection.events >= plan.backlog()) {
      caughtUp++;
      lastCaughtUp = System.nanoTime();
    }
  }

  @Override
  public void marker(long micros) {
    deliveries++;
    latency.recordValue(Math.max(0, Math.min(now - micros, 60_000_000)));
  }

  /**
   * Drops the expired connections.
   *
   * @return nanoseconds until the next one's
   */
  long dropExpired(long nanos) {
    for (Connection next = toDrop.peek(); next != null; next = toDrop.peek()) {
      if (!next.ended && next.dropNanos > nanos) {
        return next.dropNanos - nanos;
      }
      toDrop.remove();
      if (!next.ended) {
        next.ended = true;
        open--;
        SelectorLoop.close(next.key);
      }
    }
    return Long.MAX_VALUE;
  }

  /** The figures so far; with {@code next}, a new window begins. */
  SubscriberFigures figures(boolean next) {
    long nanos = System.nanoTime();
    SubscriberFigures figures =
        new SubscriberFigures(
            dialed,
            answered,
            open,
            failed,
            refused,
            closedByServer,
            (lastAnswer - firstDial) / 1e9,
            caughtUp,
            (lastCaughtUp - firstDial) / 1e9,
            deliveries,
            bytes,
            (nanos - windowStart) / 1e9,
            next ? latency : latency.copy(),
            answerTimes.copy());
    if (next) {
      windowStart = nanos;
      deliveries = 0;
      bytes = 0;
      latency = Latency.histogram();
    }
    return figures;
  }
}

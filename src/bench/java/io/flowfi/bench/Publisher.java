package io.flowfi.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.HdrHistogram.Histogram;

/**
 * Sends commands over keep-alive connections, each with one open request: flat out, or at a rate.
 * One thread.
 *
 * <p>The marker carries the time of sending. The time to the answer counts from when the request
 * was due: so a server that keeps all connections waiting does not hide late requests.
 */
final class Publisher extends SelectorLoop {
  private static final long RECONNECT_PAUSE = 20_000_000;

  private static final class Connection {
    final Command command;
    final ResponseReader reader = new ResponseReader();
    SelectionKey key;
    ByteBuffer unsent;
    boolean connecting;
    long dueNanos;

    Connection(Command command) {
      this.command = command;
    }
  }

  private final InetSocketAddress server;
  private final List<Connection> connections = new ArrayList<>();
  private final Queue<Connection> idle = new ArrayDeque<>();
  private final Queue<Connection> toConnect = new ArrayDeque<>();
  private boolean sending;
  private double perSecond;
  private long startNanos;
  private long sent;
  private long limit = Long.MAX_VALUE;
  private long reconnectNanos;
  private long windowStart = System.nanoTime();
  private long accepted;
  private long refused;
  private long broken;
  private String firstRefusal = "";
  private Histogram answerTimes = Latency.histogram();

  /** A publisher with a connection for each command. */
  Publisher(int port, List<Command> commands) {
    super("publisher");
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    commands.forEach(command -> connections.add(new Connection(command)));
    toConnect.addAll(connections);
    start();
  }

  /**
   * Begins to send, at a rate, or with 0 as fast as the answers come, up to a number of requests.
   */
  void publish(double rate, long atMost) {
    call(
        () -> {
          perSecond = rate;
          startNanos = System.nanoTime();
          sent = 0;
          limit = atMost;
          sending = true;
          return null;
        });
  }

  void publish(double rate) {
    publish(rate, Long.MAX_VALUE);
  }

  /** Sends nothing more and waits up to five seconds for the open answers. */
  void pause() {
    call(() -> sending = false);
    awaitIdle(5);
  }

  /**
   * Waits until all requests are answered.
   *
   * @return whether they were in time
   */
  boolean awaitIdle(double limitSeconds) {
    long end = System.nanoTime() + (long) (limitSeconds * 1e9);
    while (!call(
        () ->
            (!sending || sent >= limit) && idle.size() + toConnect.size() == connections.size())) {
      if (System.nanoTime() > end) {
        return false;
      }
      Pause.millis(5);
    }
    return true;
  }

  /** The figures of the current window, and a new one begins. */
  PublisherFigures window() {
    return call(
        () -> {
          long nanos = System.nanoTime();
          PublisherFigures figures =
              new PublisherFigures(
                  accepted,
                  refused,
                  broken,
                  firstRefusal,
                  (nanos - windowStart) / 1e9,
                  answerTimes);
          windowStart = nanos;
          accepted = 0;
          refused = 0;
          broken = 0;
          answerTimes = Latency.histogram();
          return figures;
        });
  }

  @Override
  long act() throws IOException {
    long nanos = System.nanoTime();
    while (!toConnect.isEmpty() && nanos >= reconnectNanos) {
      connect(toConnect.remove());
    }
    while (sending && sent < limit && !idle.isEmpty()) {
      long due = perSecond == 0 ? nanos : startNanos + (long) (sent * 1e9 / perSecond);
      if (due > nanos) {
        return due - nanos;
      }
      sent++;
      send(idle.remove(), due);
    }
    return toConnect.isEmpty() ? 50_000_000 : RECONNECT_PAUSE;
  }

  private void connect(Connection connection) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    connection.connecting = true;
    connection.key = channel.register(selector, SelectionKey.OP_CONNECT, connection);
    try {
      if (channel.connect(server)) {
        connected(connection);
      }
    } catch (IOException e) {
      broke(connection);
    }
  }

  private void connected(Connection connection) {
    connection.connecting = false;
    connection.key.interestOps(SelectionKey.OP_READ);
    idle.add(connection);
  }

  private void send(Connection connection, long due) {
    connection.dueNanos = due;
    connection.reader.reset();
    connection.unsent = connection.command.next().at(WallClock.micros());
    try {
      write(connection);
    } catch (IOException e) {
      broke(connection);
    }
  }

  private void write(Connection connection) throws IOException {
    ((SocketChannel) connection.key.channel()).write(connection.unsent);
    if (connection.unsent.hasRemaining()) {
      connection.key.interestOps(SelectionKey.OP_WRITE);
    } else {
      connection.key.interestOps(SelectionKey.OP_READ);
    }
  }

  @Override
  void ready(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      if (connection.connecting) {
        ((SocketChannel) key.channel()).finishConnect();
        connected(connection);
      } else if (key.isWritable()) {
        write(connection);
      } else {
        int status = connection.reader.read((SocketChannel) key.channel());
        if (status != 0) {
          answered(connection, status);
        }
      }
    } catch (IOException e) {
      broke(connection);
    }
  }

  private void answered(Connection connection, int status) {
    answerTimes.recordValue(Math.min((System.nanoTime() - connection.dueNanos) / 1000, 59_000_000));
    connection.command.answered(status);
    if (status < 300) {
      accepted++;
    } else {
      refused++;
      if (firstRefusal.isEmpty()) {
        firstRefusal = connection.reader.text();
      }
    }
    if (connection.reader.isClosing()) {
      close(connection.key);
      toConnect.add(connection);
    } else {
      idle.add(connection);
    }
  }

  private void broke(Connection connection) {
    // A server may close an idle connection; that loses nothing.
    if (!idle.remove(connection)) {
      broken++;
    }
    close(connection.key);
    toConnect.add(connection);
    reconnectNanos = System.nanoTime() + RECONNECT_PAUSE;
  }
}

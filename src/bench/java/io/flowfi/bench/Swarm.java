package io.flowfi.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Thousands of subscribers on one thread: one selector, one direct buffer for all reads, markers
 * found in place.
 *
 * <p>Connections come from several addresses of 127.0.0.0/8, because one source address has 28,000
 * ports, and because servers limit connections by address.
 */
final class Swarm extends SelectorLoop {
  private static final int SOURCES = 16;
  private static final int READ = 64 * 1024;

  /** Small, so that the kernel holds about as much for a slow reader as for a distant browser. */
  private static final int RECEIVE_BUFFER = 8 * 1024;

  private final InetSocketAddress server;
  private final InetSocketAddress[] sources = new InetSocketAddress[SOURCES];
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(MarkerScanner.HEADROOM + READ);
  private final MarkerScanner scanner = new MarkerScanner(buffer);
  private final List<Subscribers> groups = new ArrayList<>();

  Swarm(int port) {
    super("swarm");
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      for (int i = 0; i < SOURCES; i++) {
        sources[i] =
            new InetSocketAddress(
                InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (i + 1)}), 0);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    start();
  }

  /** Begins to connect a group. */
  Subscribers add(SubscriberPlan plan) {
    return call(
        () -> {
          Subscribers group = new Subscribers(plan, server.getPort());
          groups.add(group);
          return group;
        });
  }

  /**
   * Connects a group and waits until every connection has its answer, but not longer than the
   * limit.
   */
  Subscribers connect(SubscriberPlan plan, int limitSeconds) {
    Subscribers group = add(plan);
    await(group, limitSeconds, figures -> figures.settled(plan.count()));
    return group;
  }

  /**
   * Waits for a state of a group.
   *
   * @return whether it was reached in time
   */
  boolean await(Subscribers group, double limitSeconds, Predicate<SubscriberFigures> reached) {
    long end = System.nanoTime() + (long) (limitSeconds * 1e9);
    while (!reached.test(look(group))) {
      if (System.nanoTime() > end) {
        return false;
      }
      Pause.millis(20);
    }
    return true;
  }

  /** The figures of the current window, which continues. */
  SubscriberFigures look(Subscribers group) {
    return call(() -> group.figures(false));
  }

  /** The figures of the current window, and a new one begins. */
  SubscriberFigures window(Subscribers group) {
    return call(() -> group.figures(true));
  }

  @Override
  long act() {
    long wait = 50_000_000;
    for (Subscribers group : groups) {
      long nanos = System.nanoTime();
      wait = Math.min(wait, group.dropExpired(nanos));
      long untilDial = group.untilNextDial(nanos);
      while (untilDial == 0) {
        dial(group);
        untilDial = group.untilNextDial(System.nanoTime());
      }
      wait = Math.min(wait, untilDial);
    }
    return wait;
  }

  private void dial(Subscribers group) {
    Subscribers.Connection connection = group.dial();
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
      channel.bind(sources[connection.number % SOURCES]);
      boolean connected = channel.connect(server);
      connection.key = channel.register(selector, SelectionKey.OP_CONNECT, connection);
      if (connected) {
        send(connection, channel);
      }
    } catch (IOException e) {
      group.failed();
      if (connection.key != null) {
        close(connection.key);
      } else if (channel != null) {
        closeQuietly(channel);
      }
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket that was never used cannot be closed", e);
    }
  }

  private void send(Subscribers.Connection connection, SocketChannel channel) throws IOException {
    ByteBuffer request = connection.group.request(connection);
    channel.write(request);
    if (request.hasRemaining()) {
      throw new IOException("a fresh socket did not take the request");
    }
    connection.key.interestOps(SelectionKey.OP_READ);
  }

  @Override
  void ready(SelectionKey key) {
    Subscribers.Connection connection = (Subscribers.Connection) key.attachment();
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      if (key.isConnectable()) {
        channel.finishConnect();
        send(connection, channel);
      } else if (!read(connection, channel)) {
        connection.group.ended(connection);
        close(key);
      }
    } catch (IOException e) {
      connection.group.ended(connection);
      close(key);
    }
  }

  /**
   * @return false if the stream has ended
   */
  private boolean read(Subscribers.Connection connection, SocketChannel channel)
      throws IOException {
    int count;
    do {
      buffer.clear().position(MarkerScanner.HEADROOM);
      count = channel.read(buffer);
      if (count < 0) {
        return false;
      }
      if (!connection.answered && count > 0) {
        if (!connection.group.answered(connection, status(count))) {
          connection.ended = true;
          close(connection.key);
          return true;
        }
        if (connection.group.plan.stalled()) {
          connection.key.interestOps(0);
          return true;
        }
      }
      connection.group.received(connection, count, MarkerScanner.HEADROOM + count, scanner);
    } while (count == READ);
    return true;
  }

  private int status(int count) {
    if (count < 12) {
      return 0;
    }
    int at = MarkerScanner.HEADROOM + 9;
    return (buffer.get(at) - '0') * 100
        + (buffer.get(at + 1) - '0') * 10
        + buffer.get(at + 2)
        - '0';
  }
}

package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Many subscribers on one thread: opens sockets, splits what they receive into frames, and hands
 * each frame to its subscriber's owner. Bytes are kept per socket, so a byte that went to the wrong
 * one shows up in another's frame.
 */
final class Crowd implements AutoCloseable {
  /** Gets what one subscriber receives; called on the crowd's thread. */
  interface Member {
    /** A whole frame, without the blank line that ends it. */
    void frame(String frame);

    /** The same as bytes, for members with very many frames. */
    default void frame(byte[] bytes, int from, int end) {
      frame(new String(bytes, from, end - from, StandardCharsets.UTF_8));
    }

    /** The server has closed the connection, or refused it with another status than 200. */
    default void ended(String why) {
      throw new AssertionError("a subscriber lost its connection: " + why);
    }
  }

  private static final class Seat {
    private final SocketChannel channel;
    private final Member member;
    private ByteBuffer received = ByteBuffer.allocate(1024);
    private boolean pastHead;
    private boolean chunked;

    /** Bytes of the current chunk that are still missing. */
    private int ofChunk;

    /** Bytes at the end of what was received whose chunk is not known yet. */
    private int undecoded;

    Seat(SocketChannel channel, Member member) {
      this.channel = channel;
      this.member = member;
    }
  }

  private final int port;
  private final String headers;
  private final Selector selector;
  private final Queue<Seat> arrivals = new ConcurrentLinkedQueue<>();
  private final Queue<SocketChannel> unread = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "crowd");
  private volatile boolean closed;
  private volatile Throwable failure;

  /**
   * @param headers further lines of each request
   */
  Crowd(int port, String... headers) {
    this.port = port;
    this.headers = Stream.of(headers).map(line -> line + "\r\n").collect(Collectors.joining());
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Subscribes from an address in 127.0.0.0/8 and returns once the request is sent.
   *
   * @return closes the connection
   */
  Runnable join(String query, int sourceNumber, Member member) {
    try {
      SocketChannel channel = SocketChannel.open();
      subscribe(channel, query, sourceNumber);
      channel.configureBlocking(false);
      Seat seat = new Seat(channel, member);
      arrivals.add(seat);
      selector.wakeup();
      return () -> close(seat.channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Subscribes in the same way, and then never reads a byte, for as long as the crowd lasts. Its
   * kernel buffers almost nothing for it.
   */
  void joinWithoutReading(String query, int sourceNumber) {
    try {
      SocketChannel channel = SocketChannel.open();
      unread.add(channel);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 2048);
      subscribe(channel, query, sourceNumber);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void subscribe(SocketChannel channel, String query, int sourceNumber) throws IOException {
    byte[] source = {127, 0, 1, (byte) (1 + sourceNumber % 250)};
    channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    String request =
        "GET /v1/events/subscribe?"
            + query
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
            + headers
            + "\r\n";
    channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Fails the test if any subscriber has seen something it should not. */
  void assertWell() {
    if (failure != null) {
      throw new AssertionError("a subscriber saw what it should not", failure);
    }
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(200);
        for (Seat seat = arrivals.poll(); seat != null; seat = arrivals.poll()) {
          try {
            seat.channel.register(selector, SelectionKey.OP_READ, seat);
          } catch (ClosedChannelException left) {
            continue; // it was closed before it had its seat
          }
        }
        for (SelectionKey key : selector.selectedKeys()) {
          read((Seat) key.attachment());
        }
        selector.selectedKeys().clear();
      }
    } catch (Throwable e) {
      if (!closed) {
        failure = e;
      }
    }
  }

  private void read(Seat seat) {
    int read;
    try {
      if (!seat.received.hasRemaining()) {
        seat.received = ByteBuffer.allocate(seat.received.capacity() * 2).put(seat.received.flip());
      }
      read = seat.channel.read(seat.received);
    } catch (IOException hungUp) {
      return; // our own end was closed
    }
    if (read < 0) {
      close(seat.channel);
      seat.member.ended("end of stream");
      return;
    }
    byte[] bytes = seat.received.array();
    int length = seat.received.position();
    int from = 0;
    if (!seat.pastHead) {
      int end = indexOf(bytes, 0, length, "\r\n\r\n");
      if (end < 0) {
        return;
      }
      String head = new String(bytes, 0, end, StandardCharsets.US_ASCII);
      if (!head.startsWith("HTTP/1.1 200")) {
        close(seat.channel);
        seat.member.ended(head);
        return;
      }
      seat.pastHead = true;
      seat.chunked = head.contains("\r\nTransfer-Encoding: chunked");
      from = end + 4;
      seat.undecoded = length - from;
    } else {
      seat.undecoded += read;
    }
    if (seat.chunked) {
      length = unwrap(seat, bytes, length);
    } else {
      seat.undecoded = 0;
    }
    int whole = length - seat.undecoded;
    for (int end = indexOf(bytes, from, whole, "\n\n");
        end >= 0;
        end = indexOf(bytes, from, whole, "\n\n")) {
      seat.member.frame(bytes, from, end);
      from = end + 2;
    }
    seat.received.limit(length).position(from);
    seat.received.compact();
  }

  /**
   * Removes the chunk headers and moves the rest up.
   *
   * @return the new end of the bytes
   */
  private static int unwrap(Seat seat, byte[] bytes, int length) {
    int from = length - seat.undecoded;
    int to = from;
    while (from < length) {
      if (seat.ofChunk > 0) {
        int count = Math.min(seat.ofChunk, length - from);
        System.arraycopy(bytes, from, bytes, to, count);
        seat.ofChunk -= count;
        from += count;
        to += count;
        continue;
      }
      int end = indexOf(bytes, from, length, "\r\n");
      if (end < 0) {
        break;
      }
      if (end > from) { // otherwise it is the end of the previous chunk
        seat.ofChunk =
            Integer.parseInt(new String(bytes, from, end - from, StandardCharsets.US_ASCII), 16);
      }
      from = end + 2;
    }
    seat.undecoded = length - from;
    System.arraycopy(bytes, from, bytes, to, seat.undecoded);
    return to + seat.undecoded;
  }

  private static int indexOf(byte[] bytes, int from, int to, String what) {
    byte first = (byte) what.charAt(0);
    for (int i = from; i + what.length() <= to; i++) {
      if (bytes[i] == first && isAt(bytes, i, what)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isAt(byte[] bytes, int at, String what) {
    for (int j = 1; j < what.length(); j++) {
      if (bytes[at + j] != what.charAt(j)) {
        return false;
      }
    }
    return true;
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    selector.wakeup();
    try {
      thread.join(5_000);
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
      unread.forEach(Crowd::close);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("closing the crowd failed", e);
    }
  }
}

package io.flowfi.it;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Follows the log, or one stream, on one random node after another. It resumes after the last id
 * that it has got, as browsers do.
 */
final class ClusterFollower implements Runnable {
  /** Longer than a node may be silent: it has a heartbeat every two seconds. */
  private static final int SILENCE_MILLIS = 6_000;

  private final List<Integer> ports;
  private final ClusterHistory history;
  private final Optional<String> stream;
  private final CountDownLatch end;
  private final SplittableRandom random;
  private final List<Long> positions = new ArrayList<>();
  private volatile long last;
  private volatile String lastId;
  private volatile String trouble = "";
  private volatile Socket socket;

  /**
   * @param stream the one that it follows; everything if empty
   */
  ClusterFollower(
      List<Integer> ports,
      ClusterHistory history,
      Optional<String> stream,
      CountDownLatch end,
      SplittableRandom random) {
    this.ports = ports;
    this.history = history;
    this.stream = stream;
    this.end = end;
    this.random = random;
    this.lastId = "0";
  }

  /** The position that it is at, by events or by heartbeats. */
  long last() {
    return last;
  }

  /** The positions of its events, if it follows a stream. For use when it has ended. */
  List<Long> positions() {
    return positions;
  }

  Optional<String> stream() {
    return stream;
  }

  /** Ends it. */
  void close() {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void run() {
    while (end.getCount() > 0) {
      int port = ports.get(random.nextInt(ports.size()));
      try (Socket connection = new Socket()) {
        socket = connection;
        connection.setSoTimeout(SILENCE_MILLIS);
        connection.connect(new InetSocketAddress("127.0.0.1", port), 2_000);
        follow(connection);
      } catch (IOException gone) {
        trouble = port + ": " + gone;
      } catch (RuntimeException malformed) {
        history.fault(this + ": " + malformed);
        return;
      }
      try {
        end.await(50 + random.nextInt(200), TimeUnit.MILLISECONDS); // as a client spreads them
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void follow(Socket connection) throws IOException {
    String filter = stream.map(id -> "streams=" + id).orElse("all=true");
    String request =
        "GET /v1/events/subscribe?"
            + filter
            + "&heartbeat=2 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
            + "Last-Event-ID: "
            + lastId
            + "\r\n\r\n";
    connection.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    InputStream in = connection.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("no answer");
      }
      head.append((char) c);
    }
    if (!head.toString().startsWith("HTTP/1.1 200")) {
      throw new IOException(head.substring(0, head.indexOf("\r")));
    }
    if (head.indexOf("Transfer-Encoding: chunked") >= 0) {
      in = new ChunkedInput(in);
    }
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 65_536);
    List<String> block = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isEmpty()) {
        block.add(line);
        continue;
      }
      take(SseFrame.parse(block));
      block.clear();
    }
    throw new EOFException("the end of the stream");
  }

  /** What it has got next. */
  void take(SseFrame frame) {
    if ("reset".equals(frame.event())) {
      history.fault(this + " was reset: " + frame);
    }
    if (frame.id() == null) {
      return;
    }
    long position = Long.parseLong(frame.id().split("\\.")[0]);
    lastId = frame.id();
    if (frame.event() != null && frame.event().startsWith("stream.")) {
      event(frame, position);
    } else if (stream.isEmpty() ? position != last : position < last) {
      history.fault(this + " is at " + last + ", and a node says " + frame);
    }
    last = position;
  }

  private void event(SseFrame frame, long position) {
    if (stream.isEmpty() ? position != last + 1 : position <= last) {
      history.fault(this + " is at " + last + " and got " + frame);
    }
    if (stream.isPresent()) {
      positions.add(position);
    }
    history.seen(position, frame.data());
  }

  @Override
  public String toString() {
    return "the follower of "
        + stream.map(id -> "stream " + id).orElse("everything")
        + " at "
        + last
        + (trouble.isEmpty() ? "" : " (" + trouble + ")");
  }
}

package io.flowfi.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server for one client at a time that plays a script: one answer for each connection, then the
 * last one again. For what a real server does too seldom for a test, or never: it is silent, is cut
 * off within a block, asks for a wait, resets a connection.
 */
final class ScriptedStream implements AutoCloseable {
  private static final Pattern CURSOR =
      Pattern.compile("(?i)^(?:Last-Event-ID: |GET .*[?&]lastEventId=)([0-9]+)(?:[.]([a-z0-9]+))?");

  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** What becomes of a connection after its answer. */
  enum End {
    /** It stays open and silent. */
    NONE,
    /** FIN: the client gets all that was written. */
    CLEAN,
    /** RST: what is still in the buffers of this side is thrown away. */
    RESET
  }

  /**
   * What a connection gets.
   *
   * @param text the answer, as it is
   * @param last what comes some time later, immediately before the end; may be empty
   */
  record Answer(String text, String last, End end) {
    static Answer stream(String... blocks) {
      return new Answer(
          "HTTP/1.1 200 \r\nContent-Type: text/event-stream;charset=UTF-8\r\n"
              + "Connection: close\r\n\r\n"
              + String.join("", blocks),
          "",
          End.CLEAN);
    }

    static Answer unavailable(int retryAfterSeconds) {
      return new Answer(
          "HTTP/1.1 503 \r\nRetry-After: "
              + retryAfterSeconds
              + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
          "",
          End.CLEAN);
    }

    Answer thenSilence() {
      return new Answer(text, last, End.NONE);
    }

    /** After a while in which clients read what they have got. */
    Answer thenAtLast(String blocks, End other) {
      return new Answer(text, blocks, other);
    }
  }

  /**
   * A connection that has come.
   *
   * @param cursor from where it wants to resume
   * @param log the log that it names with it; empty if it names none
   * @param waited the time since the answer before it was sent
   */
  record Call(long cursor, String log, Duration waited) {}

  private final ServerSocket socket;
  private final List<Answer> answers;
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

  private ScriptedStream(ServerSocket socket, List<Answer> answers) {
    this.socket = socket;
    this.answers = answers;
  }

  static ScriptedStream play(List<Answer> answers) {
    try {
      ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      ScriptedStream stream = new ScriptedStream(socket, List.copyOf(answers));
      Thread thread = new Thread(stream::run, "scripted stream");
      thread.setDaemon(true);
      thread.start();
      return stream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
  }

  /** The next connection; fails the test if none comes. */
  Call nextCall(Duration atMost) {
    return anotherCall(atMost)
        .orElseThrow(() -> new AssertionError("no connection within " + atMost));
  }

  /** The next connection, if one comes in this time. */
  Optional<Call> anotherCall(Duration atMost) {
    try {
      return Optional.ofNullable(calls.poll(atMost.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void run() {
    Socket before = null;
    long sent = System.nanoTime();
    for (int number = 0; !socket.isClosed(); number++) {
      try {
        Socket client = socket.accept();
        if (before != null) {
          before.close();
        }
        before = client;
        Call call = cursor(client);
        // not before: Node connects again as soon as a connection is lost, and asks later
        Duration waited = Duration.ofNanos(System.nanoTime() - sent);
        Answer answer = answers.get(Math.min(number, answers.size() - 1));
        client.getOutputStream().write(answer.text().getBytes(StandardCharsets.UTF_8));
        sent = System.nanoTime();
        calls.add(new Call(call.cursor(), call.log(), waited));
        if (!answer.last().isEmpty()) {
          // nobody tells when a client has read the blocks before
          Thread.sleep(PAUSE.toMillis());
          client.getOutputStream().write(answer.last().getBytes(StandardCharsets.UTF_8));
          sent = System.nanoTime();
        }
        if (answer.end() == End.RESET) {
          client.setSoLinger(true, 0);
        }
        if (answer.end() != End.NONE) {
          client.close();
        }
      } catch (IOException clientLeft) {
        calls.add(new Call(-1, "", Duration.ZERO));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Reads the head of a request. The header wins, as with the real server. */
  private static Call cursor(Socket client) throws IOException {
    BufferedReader head =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
    Call cursor = new Call(-1, "", Duration.ZERO);
    for (String line = head.readLine(); line != null && !line.isEmpty(); line = head.readLine()) {
      Matcher named = CURSOR.matcher(line);
      if (named.find()) {
        String log = named.group(2) == null ? "" : named.group(2);
        cursor = new Call(Long.parseLong(named.group(1)), log, Duration.ZERO);
      }
    }
    return cursor;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.flowfi.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * A client of row 13, with a thread and a stream of its own, which it tops up. Each answer must be
 * a success, come before the server itself would give the command up, and tell the version of the
 * stream that follows that of the answer before: so none is lost, doubled or somebody else's. What
 * it has found is read once its thread has ended.
 */
final class CommandClient extends Thread {
  /** The server answers 503 after 30 s: that, too, would be a command that was lost. */
  private static final int PATIENCE_MILLIS = 20_000;

  private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *(\\d+)");
  private static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");

  private final int port;
  private final Manner manner;
  private final AtomicLong left;
  private final byte[] command;
  private final Histogram answerTimes = Latency.histogram();
  private volatile long sent;
  private volatile long clean;
  private String firstTrouble = "";

  /** Of the stream, as the next answer must tell it; 0 if what came before it is not known. */
  private long version = 2;

  /**
   * @param left how many commands are still to be sent, by all clients of this manner
   */
  CommandClient(int port, String streamId, Manner manner, AtomicLong left) {
    super(manner.words());
    this.port = port;
    this.manner = manner;
    this.left = left;
    String body = "{\"amount\":\"1\"}";
    command =
        ("POST /v1/streams/%s/top-up HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s")
            .formatted(
                streamId,
                port,
                manner.perConnection() == 1 ? "Connection: close\r\n" : "",
                body.length(),
                body)
            .getBytes(StandardCharsets.US_ASCII);
    setDaemon(true);
  }

  long sent() {
    return sent;
  }

  long clean() {
    return clean;
  }

  Histogram answerTimes() {
    return answerTimes;
  }

  /** Empty if there was none. */
  String firstTrouble() {
    return firstTrouble;
  }

  @Override
  public void run() {
    int mine = take(manner.perConnection());
    while (mine > 0) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        for (int rest = mine; rest > 0; rest -= manner.atOnce()) {
          exchange(socket, Math.min(rest, manner.atOnce()));
        }
      } catch (IOException | IllegalStateException e) {
        trouble(e.toString());
        version = 0;
      }
      mine = take(manner.perConnection());
    }
  }

  private int take(int atMost) {
    long before = left.getAndUpdate(n -> Math.max(0, n - atMost));
    return (int) Math.min(before, atMost);
  }

  private void exchange(Socket socket, int count) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(count * command.length);
    for (int i = 0; i < count; i++) {
      all.writeBytes(command);
    }
    sent += count;
    final long start = System.nanoTime();
    socket.getOutputStream().write(all.toByteArray());
    InputStream in = new BufferedInputStream(socket.getInputStream());
    for (int i = 0; i < count; i++) {
      check(answer(in));
      answerTimes.recordValue((System.nanoTime() - start) / 1000);
    }
  }

  private void check(String answer) {
    Matcher told = VERSION.matcher(answer);
    if (!answer.startsWith("HTTP/1.1 200") || !told.find()) {
      version = 0;
      trouble(answer);
      return;
    }
    long is = Long.parseLong(told.group(1));
    if (version != 0 && is != version) {
      trouble("version " + is + " instead of " + version);
    } else {
      clean++;
    }
    version = is + 1;
  }

  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream(600);
    int tail = 0;
    while (tail != 0x0d0a0d0a) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the server closed the connection before it had answered");
      }
      head.write(next);
      tail = tail << 8 | next;
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    Matcher length = LENGTH.matcher(text.toLowerCase(Locale.ROOT));
    if (!length.find()) {
      throw new IOException("an answer without its length: " + text);
    }
    byte[] body = in.readNBytes(Integer.parseInt(length.group(1)));
    return text + new String(body, StandardCharsets.UTF_8);
  }

  private void trouble(String what) {
    if (firstTrouble.isEmpty()) {
      firstTrouble = getName() + ": " + what;
      System.out.println("        " + firstTrouble);
    }
  }
}

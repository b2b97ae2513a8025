package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.description.RealAnswers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * A subscriber on a raw socket. A thread of its own reads and records; every method may be called
 * by any thread.
 *
 * <pre>{@code
 * try (EventStream events = server.events().query("users=" + key).open()) {
 *   assertThat(events.nextEvent("stream.created").json().path("sender").asText()).isEqualTo(key);
 *   events.assertNothingUnexpected();
 * }
 * }</pre>
 */
public final class EventStream implements AutoCloseable {
  /** Long enough for a busy machine; reached only when a test fails. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int MAX_RECORDED_BYTES = 64 << 20;

  private final Socket socket;
  private final String head;
  private final FrameRecorder recorder;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  /** The reading thread holds the permit while it reads; pausing takes it away. */
  private final Semaphore mayRead = new Semaphore(1, true);

  private EventStream(Socket socket, String head, boolean paused) {
    this.socket = socket;
    this.head = head;
    // our server names each request; the servers that test this class do not
    boolean real = header("x-request-id").isPresent();
    recorder = new FrameRecorder(real ? EventStream::check : frame -> {});
    if (paused) {
      mayRead.acquireUninterruptibly();
    }
  }

  /** Every block that a test gets must be one that the description of the API has. */
  private static void check(SseFrame frame) {
    try {
      RealAnswers.checkBlock(frame.event(), frame.id(), frame.retry(), frame.data());
    } catch (AssertionError e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** A request to the server on a loopback port. */
  public static Request at(int port) {
    return new Request(port);
  }

  /** A subscription that is not open yet. */
  public static final class Request {
    private final int port;
    private final List<String> headers = new ArrayList<>();
    private String path = "/v1/events/subscribe";
    private String query = "all=true";
    private int receiveBuffer;
    private boolean paused;

    private Request(int port) {
      this.port = port;
    }

    /** {@code /v1/events/subscribe} if not set. */
    public Request path(String path) {
      this.path = path;
      return this;
    }

    /** The query string as sent, {@code all=true} if not set. */
    public Request query(String query) {
      this.query = query;
      return this;
    }

    /** The position to resume after; null for none. */
    public Request lastEventId(String id) {
      return id == null ? this : header("Last-Event-ID", id);
    }

    public Request header(String name, String value) {
      headers.add(name + ": " + value);
      return this;
    }

    /** Bytes the kernel may buffer for this client: few for a slow one. */
    public Request receiveBuffer(int bytes) {
      this.receiveBuffer = bytes;
      return this;
    }

    /** Reads nothing after the response head until {@link EventStream#resumeReading()}. */
    public Request paused() {
      this.paused = true;
      return this;
    }

    /** Connects and returns when the server has answered 200; any other answer fails the test. */
    public EventStream open() {
      EventStream stream = connect();
      if (!stream.head.startsWith("HTTP/1.1 200")) {
        stream.close();
        throw new AssertionError("Not subscribed: " + stream.head);
      }
      stream.startReading();
      return stream;
    }

    private EventStream connect() {
      Socket socket = new Socket();
      try {
        if (receiveBuffer > 0) {
          socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        StringBuilder request = new StringBuilder("GET " + path + "?" + query + " HTTP/1.1\r\n");
        request.append("Host: 127.0.0.1:" + port + "\r\nAccept: text/event-stream\r\n");
        headers.forEach(header -> request.append(header).append("\r\n"));
        socket
            .getOutputStream()
            .write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        String head = readHead(socket.getInputStream());
        socket.setSoTimeout(0);
        return new EventStream(socket, head, paused);
      } catch (IOException e) {
        closeQuietly(socket);
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Byte by byte, so that nothing of the body is taken with it. */
  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("The connection ended before the answer: " + head);
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private void startReading() {
    Thread thread = new Thread(this::read, "event-stream-" + socket.getLocalPort());
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      InputStream in = socket.getInputStream();
      if ("chunked".equals(header("transfer-encoding").orElse(null))) {
        in = new ChunkedInput(in);
      }
      byte[] buffer = new byte[8192];
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      while (true) {
        mayRead.acquire();
        int count;
        try {
          count = in.read(buffer);
        } finally {
          mayRead.release();
        }
        if (count < 0) {
          recorder.end(null);
          return;
        }
        record(buffer, count, line);
      }
    } catch (IOException | RuntimeException | InterruptedException e) {
      recorder.end(e);
    }
  }

  private void record(byte[] buffer, int count, ByteArrayOutputStream line) throws IOException {
    if (body.size() + count > MAX_RECORDED_BYTES) {
      throw new IOException("More than " + MAX_RECORDED_BYTES + " bytes");
    }
    body.write(buffer, 0, count);
    for (int i = 0; i < count; i++) {
      if (buffer[i] == '\n') {
        recorder.line(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        line.write(buffer[i]);
      }
    }
  }

  /** Status line and headers as sent. */
  public String head() {
    return head;
  }

  /** The value of a response header; the name in any case. */
  public Optional<String> header(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
        .map(line -> line.substring(prefix.length()).trim())
        .findFirst();
  }

  /** The bytes of the stream so far, without the transfer encoding around them. */
  public byte[] bytes() {
    return body.toByteArray();
  }

  /** The same as text. */
  public String text() {
    return body.toString(StandardCharsets.UTF_8);
  }

  /** All frames so far, heartbeats included. */
  public List<SseFrame> frames() {
    return recorder.frames();
  }

  /** The last id seen: what a browser would resume from. Null before the first. */
  public String lastEventId() {
    return recorder.lastEventId();
  }

  /** Its number. Null before the first. */
  public String lastPosition() {
    return SseFrame.position(lastEventId());
  }

  /** Takes the next event, of any name (unnamed ones too), and fails the test when none comes. */
  public SseFrame nextEvent() {
    return nextEvent(PATIENCE).orElseThrow(() -> new AssertionError("No event came: " + state()));
  }

  /** Takes the next event if one comes in time. */
  public Optional<SseFrame> nextEvent(Duration atMost) {
    return recorder.next(atMost);
  }

  /** Takes the next event, which must have this name. */
  public SseFrame nextEvent(String name) {
    SseFrame frame = nextEvent();
    assertThat(frame.event()).as("the name of %s", frame).isEqualTo(name);
    return frame;
  }

  /** Takes the first event of a connection, the unnamed {@code connected}. */
  public SseFrame nextConnected() {
    SseFrame frame = nextEvent();
    assertThat(frame.event()).as("the name of %s", frame).isNull();
    assertThat(frame.json().path("type").asText()).isEqualTo("connected");
    return frame;
  }

  /** Waits for a frame that matches, among all so far and to come, without taking any. */
  public SseFrame awaitFrame(Predicate<SseFrame> condition) {
    return recorder
        .find(PATIENCE, condition)
        .orElseThrow(() -> new AssertionError("No such frame: " + state()));
  }

  /** Waits for an event of this name, without taking any. */
  public SseFrame awaitEvent(String name) {
    return awaitFrame(frame -> name.equals(frame.event()));
  }

  /**
   * Waits for the server to end the connection and fails the test if it does not, or if it breaks
   * off.
   */
  public void awaitEnd(Duration atMost) {
    assertThat(recorder.ended(atMost)).as("ended within %s; %s", atMost, state()).isTrue();
    assertThat(recorder.failure()).as("why the connection broke").isEmpty();
  }

  /** Waits for the connection to end in any way. */
  public boolean awaitGone(Duration atMost) {
    return recorder.ended(atMost);
  }

  /**
   * Fails if there are events that the test has not taken, or if the server wrote anything
   * malformed.
   */
  public void assertNothingUnexpected() {
    assertThat(recorder.failure()).as("what broke").isEmpty();
    assertThat(recorder.notTaken()).as("events that nobody expected").isEmpty();
  }

  /**
   * Stops reading, as a client does whose machine is busy. Returns when the reading thread has
   * stopped, which may take until the next bytes arrive.
   */
  public void pauseReading() {
    mayRead.acquireUninterruptibly();
  }

  public void resumeReading() {
    mayRead.release();
  }

  private String state() {
    return recorder.failure().map(e -> "broken by " + e + "; ").orElse("")
        + "so far "
        + recorder.frames();
  }

  /** Drops the connection silently, as browsers do. */
  @Override
  public void close() {
    closeQuietly(socket);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyGone) {
      // nothing left to close
    }
  }
}

package io.flowfi.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.container.OutputMode;
import io.flowfi.sse.EmbeddedTomcat;
import io.flowfi.sse.EventStreams;
import io.flowfi.sse.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.coyote.http2.Http2Protocol;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.FuturePromise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many event streams over one connection, whose client accepts 64 KB of unread bytes in total. */
class AsyncOutputOverHttp2Test {
  /** The protocol's default, which many clients keep, for a stream and for all together. */
  private static final int WINDOW = 65_535;

  private static final int DATA = 0;
  private static final int RST_STREAM = 3;

  private static final int STREAMS = 100;
  private static final int EVENTS = 40;
  private static final String PADDING = "x".repeat(4_000);

  private final EventStreams streams = new EventStreams(Duration.ofSeconds(4));
  private final HTTP2Client client = new HTTP2Client();
  private final Queue<LogRecord> complaints = new ConcurrentLinkedQueue<>();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel().intValue() >= Level.WARNING.intValue()
              && record.getLoggerName().matches("(org[.]apache|io[.]flowfi)[.].*")) {
            complaints.add(record);
          }
        }

        @Override
        public void flush() {
          // nothing is kept back
        }

        @Override
        public void close() {
          // nothing is held
        }
      };

  private EmbeddedTomcat tomcat;
  private Session session;

  @BeforeEach
  void start() throws Exception {
    tomcat =
        new EmbeddedTomcat(
            streams,
            OutputMode.AUTO,
            connector -> {
              Http2Protocol protocol = new Http2Protocol();
              protocol.setMaxConcurrentStreams(STREAMS);
              connector.addUpgradeProtocol(protocol);
            });
    client.setInitialSessionRecvWindow(WINDOW);
    client.setInitialStreamRecvWindow(WINDOW);
    client.start();
    session =
        client
            .connect(new InetSocketAddress("127.0.0.1", tomcat.port()), new Session.Listener() {})
            .get(10, TimeUnit.SECONDS);
    Logger.getLogger("").addHandler(listener);
  }

  @AfterEach
  void stop() throws Exception {
    Logger.getLogger("").removeHandler(listener);
    client.stop();
    streams.close();
    tomcat.stop();
  }

  @Test
  void shouldEndOnlyTheStreamThatIsNotRead() throws Exception {
    Subscriber still = subscribe(false);
    List<Subscriber> readers = new ArrayList<>();
    for (int i = 1; i < STREAMS; i++) {
      readers.add(subscribe(true));
    }
    // each has its position in the log
    await().until(() -> streams.fanOut.statistics().connections() == STREAMS);
    for (int i = 0; i < EVENTS; i++) {
      streams.publish(7, "{\"p\":\"" + PADDING + "\"}");
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(still.resets).containsExactly(ErrorCode.CANCEL_STREAM_ERROR.code);
              assertThat(readers)
                  .allSatisfy(
                      reader ->
                          assertThat(reader.bytes.get())
                              .isGreaterThan((long) EVENTS * PADDING.length()));
            });
    assertThat(readers).allSatisfy(reader -> assertThat(reader.resets).isEmpty());
    assertThat(streams.closed).hasValue(1);
    assertThat(streams.fanOut.statistics().slowClientsClosed()).isEqualTo(1);
    assertThat(complaints).extracting(LogRecord::getMessage).isEmpty();
  }

  /**
   * A client that opens no window: none for the stream, or none for all of them together after the
   * first 64 KB. It holds neither a subscription nor a word of the log for longer than any other
   * that stands still.
   *
   * @param window of each stream
   */
  @ParameterizedTest
  @ValueSource(ints = {0, Integer.MAX_VALUE})
  void shouldEndAStreamWhoseWindowIsNeverOpened(int window) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", tomcat.port())) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.write(settings(window));
      out.write(get("/events?streams=7"));
      await().until(() -> streams.registered.get() == 1);
      for (int i = 0; i < EVENTS; i++) {
        streams.publish(7, "{\"p\":\"" + PADDING + "\"}");
      }
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int bytes = 0;
      int type = -1;
      while (type != RST_STREAM) {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        type = in.readUnsignedByte();
        in.skipNBytes(5 + length); // flags, stream, payload
        bytes += type == DATA ? length : 0;
      }
      assertThat(bytes).isEqualTo(Math.min(window, WINDOW));
    }
    await().untilAtomic(streams.closed, org.hamcrest.Matchers.is(1));
    assertThat(streams.fanOut.statistics().slowClientsClosed()).isEqualTo(1);
    assertThat(streams.fanOut.statistics().connections()).isZero();
    assertThat(complaints).extracting(LogRecord::getMessage).isEmpty();
  }

  /** The same words as over HTTP/1.1, and then the proper end of each stream. */
  @Test
  void shouldTellEveryStreamToReconnectAtTheEnd() throws Exception {
    List<Subscriber> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(subscribe(true));
    }
    try (RawClient plain = RawClient.connect(tomcat.port(), 0)) {
      plain.request("GET", "/events?streams=7");
      plain.readHead();
      await().until(() -> streams.fanOut.statistics().connections() == 4);
      streams.publish(7, "{}");
      streams.fanOut.shutdown(Duration.ofSeconds(5));
      String words = lastWords(plain.rest());
      assertThat(words)
          .contains("event: reconnect\n", "\"reason\":\"shutdown\"")
          .endsWith("id: 1.test\n\n");
      await()
          .untilAsserted(
              () -> assertThat(readers).allSatisfy(reader -> assertThat(reader.ended).isTrue()));
      assertThat(readers)
          .allSatisfy(
              reader -> {
                assertThat(lastWords(reader.text())).isEqualTo(words);
                assertThat(reader.resets).isEmpty();
              });
    }
    assertThat(streams.closed).hasValue(4);
    assertThat(complaints).extracting(LogRecord::getMessage).isEmpty();
  }

  /** The last block; its time to wait is another one for each client. */
  private static String lastWords(String text) {
    String last = text.substring(text.lastIndexOf("\n\n", text.length() - 3) + 2);
    return last.replaceAll("retry: \\d+\n", "retry: n\n");
  }

  /** SETTINGS with the initial window of streams. */
  private static byte[] settings(int window) {
    return ByteBuffer.allocate(15)
        .put(new byte[] {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4})
        .putInt(window)
        .array();
  }

  /** HEADERS on stream 1, the last frame of its request, in the literals of RFC 7541. */
  private static byte[] get(String path) {
    return ByteBuffer.allocate(9 + 7 + path.length())
        .put(new byte[] {0, 0, (byte) (7 + path.length()), 1, 5, 0, 0, 0, 1})
        .put(new byte[] {(byte) 0x82, (byte) 0x86, 4, (byte) path.length()})
        .put(path.getBytes(StandardCharsets.US_ASCII))
        .put(new byte[] {1, 1, 'a'}) // the authority
        .array();
  }

  private Subscriber subscribe(boolean reads) throws Exception {
    Subscriber subscriber = new Subscriber(reads);
    MetaData.Request request =
        new MetaData.Request(
            "GET",
            HttpURI.from("http://127.0.0.1:" + tomcat.port() + "/events?streams=7"),
            HttpVersion.HTTP_2,
            HttpFields.EMPTY);
    FuturePromise<Stream> opened = new FuturePromise<>();
    session.newStream(new HeadersFrame(request, null, true), opened, subscriber);
    opened.get(10, TimeUnit.SECONDS);
    return subscriber;
  }

  private static final class Subscriber implements Stream.Listener {
    private final boolean reads;
    private final AtomicLong bytes = new AtomicLong();
    private final Queue<Integer> resets = new ConcurrentLinkedQueue<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private volatile boolean ended;

    Subscriber(boolean reads) {
      this.reads = reads;
    }

    String text() {
      synchronized (received) {
        return received.toString(StandardCharsets.UTF_8);
      }
    }

    @Override
    public void onHeaders(Stream stream, HeadersFrame frame) {
      if (reads) {
        stream.demand();
      }
    }

    @Override
    public void onDataAvailable(Stream stream) {
      for (Stream.Data data = stream.readData(); data != null; data = stream.readData()) {
        bytes.addAndGet(data.frame().remaining());
        byte[] chunk = new byte[data.frame().remaining()];
        data.frame().getByteBuffer().get(chunk);
        synchronized (received) {
          received.writeBytes(chunk);
        }
        data.release();
        if (data.frame().isEndStream()) {
          ended = true;
          return;
        }
      }
      stream.demand();
    }

    @Override
    public void onReset(Stream stream, ResetFrame frame, Callback callback) {
      resets.add(frame.getError());
      callback.succeeded();
    }
  }
}

package io.flowfi.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.container.OutputMode;
import io.flowfi.sse.EmbeddedTomcat;
import io.flowfi.sse.EventStreams;
import java.net.InetSocketAddress;
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

/** Many event streams over one connection, whose client accepts 64 KB of unread bytes in total. */
class AsyncOutputOverHttp2Test {
  /** The protocol's default, which many clients keep, for a stream and for all together. */
  private static final int WINDOW = 65_535;

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

    Subscriber(boolean reads) {
      this.reads = reads;
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
        data.release();
        if (data.frame().isEndStream()) {
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

package io.flowfi.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.container.OutputMode;
import io.flowfi.sse.EmbeddedTomcat;
import io.flowfi.sse.EventStreamContract;
import io.flowfi.sse.RawClient;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.junit.jupiter.api.Test;

class AsyncOutputOnTomcatTest extends EventStreamContract {
  private static final int MORE_THAN_FITS = 3_000;
  private static final String PADDING = "x".repeat(4_000);

  private EmbeddedTomcat tomcat;

  @Override
  protected int startContainer() throws Exception {
    return startTomcat(connector -> {});
  }

  private int startTomcat(Consumer<Connector> settings) throws Exception {
    tomcat = new EmbeddedTomcat(streams, OutputMode.ASYNC, settings);
    return tomcat.port();
  }

  private void restart(Consumer<Connector> settings) throws Exception {
    tomcat.stop();
    port = startTomcat(settings);
  }

  @Override
  protected void stopContainer() throws Exception {
    tomcat.stop();
  }

  /**
   * So no later request gets the time-outs of an event stream's socket, and there are no chunks,
   * each of which some proxies delay.
   */
  @Test
  void shouldEndTheConnectionWithTheStream() throws IOException {
    try (RawClient client = get("/events?streams=7")) {
      assertThat(client.headers())
          .containsEntry("connection", "close")
          .doesNotContainKey("transfer-encoding");
      readConnected(client);
    }
  }

  @Test
  void shouldLeaveItToTheFanOutWhenAStalledClientIsEnded() throws Exception {
    restart(
        connector -> {
          connector.setProperty("connectionTimeout", "200");
          connector.setProperty("socket.timeoutInterval", "50");
        });
    try (RawClient client = stalled()) {
      await()
          .during(Duration.ofMillis(1_500))
          .atMost(Duration.ofSeconds(10))
          .until(() -> streams.fanOut.statistics().parked() == 1 && streams.closed.get() == 0);
      for (int i = 1; i <= MORE_THAN_FITS; i++) {
        assertThat(client.frame()).endsWith(PADDING + "\"}\nid: " + i + ".test\n\n");
      }
    }
  }

  @Test
  void shouldNotWaitForAStalledClientAtTheEnd() throws Exception {
    restart(
        connector -> {
          connector.setProperty("connectionTimeout", "60000");
          useSmallSendBuffer(connector);
          connector.setProperty("minSpareThreads", "1");
          connector.setProperty("maxThreads", "1");
        });
    try (RawClient client = stalled()) {
      streams.fanOut.shutdown(Duration.ofMillis(100));
      assertThat(streams.closed).hasValue(1);
      // the only thread is free: the answer comes within this client's ten seconds
      try (RawClient other = get("/elsewhere")) {
        assertThat(other.status()).isEqualTo(404);
      }
      assertThat(client.rest())
          .as("what had left before, and then the end of the connection")
          .contains("\nid: 1.test\n")
          .doesNotContain("id: " + MORE_THAN_FITS + ".test\n");
    }
  }

  /** Otherwise it could be ended as complete while its last frames are unsent. */
  @Test
  void shouldNotCountAsTakenWhatHasNotLeftTomcat() throws Exception {
    restart(AsyncOutputOnTomcatTest::useSmallSendBuffer);
    try (RawClient client = slowClient()) {
      SocketWrapperBase<?> socket = tomcat.onlyConnection();
      assertThat(
              ((NioChannel) socket.getSocket())
                  .getIOChannel()
                  .getOption(StandardSocketOptions.SO_SNDBUF))
          .as("Java tells what was asked for, half of what Linux keeps")
          .isEqualTo(32_768);
      // Bytes in Tomcat may leave a moment later, and are not visible meanwhile.
      for (int i = 1; streams.fanOut.statistics().parked() == 0; i++) {
        assertThat(i).isLessThan(MORE_THAN_FITS);
        streams.publish(7, "{\"p\":\"" + PADDING + "\"}");
        int published = i;
        await()
            .pollInterval(Duration.ofMillis(5))
            .until(
                () ->
                    streams.fanOut.statistics().delivered() == published
                        || socket.hasDataToWrite());
        await()
            .pollInterval(Duration.ofMillis(5))
            .until(() -> streams.fanOut.statistics().parked() == 1 || !socket.hasDataToWrite());
      }
    }
  }

  /**
   * As in server.xml; a quarter of it for an event stream. A large buffer may take more although it
   * just reported that it is full.
   */
  private static void useSmallSendBuffer(Connector connector) {
    connector.setProperty("socket.txBufSize", "131072");
  }

  /** A client that takes nothing more, with more events published than fit anywhere. */
  private RawClient stalled() throws IOException {
    RawClient client = slowClient();
    for (int i = 1; i <= MORE_THAN_FITS; i++) {
      streams.publish(7, "{\"p\":\"" + PADDING + "\"}");
    }
    await().until(() -> streams.fanOut.statistics().parked() == 1);
    return client;
  }
}

package io.flowfi.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import io.flowfi.payment.StreamId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an event stream does, whatever the container and the output. */
public abstract class EventStreamContract {
  protected final EventStreams streams = new EventStreams();
  protected int port;

  /** Starts the container with {@link EventStreams#application} and returns its port. */
  protected abstract int startContainer() throws Exception;

  protected abstract void stopContainer() throws Exception;

  @BeforeEach
  void start() throws Exception {
    port = startContainer();
  }

  @AfterEach
  void stop() throws Exception {
    streams.close();
    stopContainer();
  }

  /**
   * @param receiveBuffer bytes the system may hold unread for this client; 0 leaves that to the
   *     system
   */
  protected RawClient connect(int receiveBuffer) throws IOException {
    return RawClient.connect(port, receiveBuffer);
  }

  protected final RawClient get(String path) throws IOException {
    RawClient client = connect(0);
    client.request("GET", path);
    client.readHead();
    return client;
  }

  /** A subscriber to stream 7 that has read the greeting; the kernel buffers little for it. */
  protected final RawClient slowClient() throws IOException {
    RawClient client = connect(4_096);
    client.request("GET", "/events?streams=7");
    client.readHead();
    readConnected(client);
    return client;
  }

  protected void awaitConnections(int count) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(
            () -> assertThat(streams.fanOut.statistics().connections()).isEqualTo(count));
  }

  protected static void readConnected(RawClient client) throws IOException {
    assertThat(client.frame()).startsWith("retry: ").contains("\"type\":\"connected\"");
  }

  @Test
  void shouldSendHeadThenEventsOfTheFilter() throws IOException {
    try (RawClient client = get("/events?streams=7")) {
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.headers().get("content-type"))
          .isEqualToIgnoringCase("text/event-stream;charset=UTF-8");
      assertThat(client.headers())
          .containsEntry("cache-control", "no-store, no-transform")
          .containsEntry("x-accel-buffering", "no")
          .containsEntry("x-request-id", "stamped")
          .doesNotContainKey("content-length");
      readConnected(client);

      streams.publish(7, "{\"n\":1}");
      streams.publish(8, "{\"n\":2}");
      streams.publish(7, "{\"n\":\"ü€\"}");

      assertThat(client.frame())
          .isEqualTo("event: stream.withdrawn\ndata: {\"n\":1}\nid: 1.test\n\n");
      assertThat(client.frame())
          .isEqualTo("event: stream.withdrawn\ndata: {\"n\":\"ü€\"}\nid: 3.test\n\n");
    }
  }

  @Test
  void shouldResumeFromTheLog() throws IOException {
    streams.publish(7, "{}");
    streams.publish(7, "{}");
    try (RawClient client = get("/events?streams=7&after=1")) {
      readConnected(client);
      assertThat(client.frame()).endsWith("\nid: 2.test\n\n");
    }
  }

  @Test
  void shouldSendWhatTheMethodSends() throws IOException {
    try (RawClient client = get("/events?streams=7&do=send")) {
      readConnected(client);
      assertThat(client.frame()).isEqualTo("event: first\ndata: words\n\n");
    }
  }

  @Test
  void shouldTellTheSubscribersOfAFilterWhatIsNotOfTheLog() throws IOException {
    EventFilter seven = new EventFilter(false, Set.of(new StreamId(7)), Set.of(), Set.of());
    Notice said = new Notice("back at \"12\" für alle", Notice.Severity.INFO, Instant.EPOCH);
    String notice =
        "event: notice\ndata: {\"message\":\"back at \\\"12\\\" für alle\",\"severity\":\"info\","
            + "\"at\":\"1970-01-01T00:00:00Z\"}\n\n";
    try (RawClient one = get("/events?streams=7");
        RawClient two = get("/events?streams=7&streams=8");
        RawClient other = get("/events?streams=8");
        RawClient all = get("/events")) {
      for (RawClient client : List.of(one, two, other, all)) {
        readConnected(client);
      }
      assertThat(streams.broadcasters.of(seven).broadcast(said.event(new LogIdentity("test"))))
          .succeedsWithin(Duration.ofSeconds(10))
          .as("one, two and all")
          .isEqualTo(3);
      for (RawClient client : List.of(one, two, all)) {
        assertThat(client.frame()).isEqualTo(notice);
      }
      streams.publish(8, "{}");
      for (RawClient client : List.of(two, other, all)) {
        assertThat(client.frame()).as("each was told once").endsWith("\nid: 1.test\n\n");
      }
    }
  }

  @Test
  void shouldForgetAClientThatLeaves() throws IOException {
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      assertThat(streams.fanOut.statistics().filters()).containsEntry("stream", 1);
    }
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              // over HTTP/1.1 the Servlet API shows a lost client only by a failed write
              streams.publish(7, "{}");
              return streams.closed.get() > 0;
            });
    assertThat(streams.closed).hasValue(1);
    awaitConnections(0);
    assertThat(streams.fanOut.statistics().filters()).containsEntry("stream", 0);
  }

  @Test
  void shouldAnswerAnErrorBeforeRegistration() throws IOException {
    try (RawClient client = get("/events?do=throw-before")) {
      assertThat(client.status()).isEqualTo(409);
      assertThat(client.headers()).containsEntry("x-request-id", "stamped");
    }
    assertThat(streams.registered).hasValue(0);
  }

  @Test
  void shouldTakeRegistrationBackWhenTheMethodThrows() throws IOException {
    try (RawClient client = get("/events?streams=7&do=throw-after")) {
      assertThat(client.status()).isEqualTo(409);
    }
    try (RawClient client = get("/events?streams=7&do=fail")) {
      assertThat(client.status()).isEqualTo(500);
    }
    await().untilAtomic(streams.closed, org.hamcrest.Matchers.is(2));
    assertThat(streams.registered).hasValue(2);
    awaitConnections(0);
    assertThat(streams.fanOut.statistics().filters()).containsEntry("stream", 0);
  }

  @Test
  void shouldRefuseAMethodThatDoesNothingWithItsSink() throws IOException {
    try (RawClient client = get("/events?do=not-register")) {
      assertThat(client.status()).isEqualTo(500);
    }
  }

  @Test
  void shouldAnswerWholeWhenTheMethodClosesTheSink() throws IOException {
    try (RawClient client = connect(0)) {
      client.send(
          "GET /events?streams=7&do=send&do=close HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      client.readHead();
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.headers().get("content-type"))
          .isEqualToIgnoringCase("text/event-stream;charset=UTF-8");
      assertThat(client.rest()).isEqualTo("event: first\ndata: words\n\n");
    }
    assertThat(streams.closed).hasValue(1);
  }

  @Test
  void shouldAnswerHeadAndOptionsWithoutAStream() throws IOException {
    for (String method : new String[] {"HEAD", "OPTIONS"}) {
      try (RawClient client = connect(0)) {
        client.request(method, "/events?streams=7");
        client.readHead();
        assertThat(client.status()).isEqualTo(200);
      }
    }
    await().untilAsserted(() -> assertThat(streams.closed).hasValue(streams.registered.get()));
    awaitConnections(0);
  }

  @Test
  void shouldGoOnByteExactlyWhenAStalledClientReadsAgain() throws IOException {
    int events = 6_000;
    String padding = "x".repeat(4_000);
    try (RawClient client = slowClient();
        RawClient other = get("/events?streams=9")) {
      readConnected(other);
      for (int i = 1; i <= events; i++) {
        streams.publish(7, "{\"n\":" + i + ",\"p\":\"" + padding + "\"}");
      }
      await().until(() -> streams.fanOut.statistics().parked() == 1);
      long last = streams.publish(9, "{}");
      assertThat(other.frame())
          .as("another client is not held back")
          .endsWith("\nid: " + last + ".test\n\n");

      for (int i = 1; i <= events; i++) {
        assertThat(client.frame())
            .isEqualTo(
                "event: stream.withdrawn\ndata: {\"n\":"
                    + i
                    + ",\"p\":\""
                    + padding
                    + "\"}\nid: "
                    + i
                    + ".test\n\n");
      }
    }
  }

  @Test
  void shouldEndEveryStreamOnShutdown() throws IOException {
    try (RawClient idle = get("/events?streams=7");
        RawClient busy = get("/events")) {
      readConnected(idle);
      readConnected(busy);
      streams.publish(8, "{}");
      long begin = System.nanoTime();
      streams.close();

      assertThat(idle.rest())
          .startsWith("retry: ")
          .endsWith("event: reconnect\ndata: {\"reason\":\"shutdown\"}\nid: 1.test\n\n");
      assertThat(busy.rest())
          .contains("\nid: 1.test\n\nretry: ")
          .endsWith("data: {\"reason\":\"shutdown\"}\nid: 1.test\n\n");
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin))
          .isCloseTo(0, within(4L));
    }
    assertThat(streams.closed).hasValue(2);
  }

  @Test
  void shouldLetASlowClientReadToTheEndOnShutdown() throws Exception {
    int events = 1_000;
    String padding = "x".repeat(4_000);
    try (RawClient client = slowClient()) {
      for (int i = 1; i <= events; i++) {
        streams.publish(7, "{\"p\":\"" + padding + "\"}");
      }
      Thread shutdown = new Thread(streams::close);
      shutdown.start();
      for (int i = 1; i <= events; i++) {
        assertThat(client.frame()).endsWith(padding + "\"}\nid: " + i + ".test\n\n");
      }
      assertThat(client.rest())
          .endsWith("data: {\"reason\":\"shutdown\"}\nid: " + events + ".test\n\n");
      shutdown.join();
    }
  }
}

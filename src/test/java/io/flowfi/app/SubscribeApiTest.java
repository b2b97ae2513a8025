package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.EventStream;
import io.flowfi.it.SseFrame;
import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.CommandRequest;
import io.flowfi.payment.Amount;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Opening event streams through the resource: limits, statistics, stopping. */
@Timeout(60)
class SubscribeApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  private final RawStreams streams = new RawStreams();
  private ApiServer server;

  @AfterEach
  void stop() throws IOException {
    streams.close();
    server.close();
  }

  private void start(Map<String, String> variables) {
    server = new ApiServer(directory, variables);
  }

  /** Opens a subscription and reads up to the end of its first frame. */
  private BufferedReader open(String path) throws IOException {
    BufferedReader in = streams.open(server, path, "X-Request-ID: sub-1\r\n");
    assertThat(in.readLine()).startsWith("HTTP/1.1 200");
    return in;
  }

  private static String until(BufferedReader in, String part) throws IOException {
    // heartbeats keep the socket's own timeout from expiring
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    StringBuilder seen = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      seen.append(line).append('\n');
      if (line.contains(part)) {
        return seen.toString();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(part + " did not come:\n" + seen);
      }
    }
    throw new AssertionError("the stream ended without " + part + ":\n" + seen);
  }

  private JsonNode stats() throws Exception {
    return JSON.readTree(server.get("/v1/events/stats").body());
  }

  private String create() throws Exception {
    return create(TestAddresses.account(1));
  }

  private String create(String sender) throws Exception {
    HttpResponse<String> created = server.create(sender);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return JSON.readTree(created.body()).path("streamId").asText();
  }

  @Test
  void shouldSendTheHeadersOfAnEventStreamAndThenTheEvents() throws Exception {
    start(Map.of());
    BufferedReader in = open("/events/subscribe?users=" + TestAddresses.account(2) + "&_=1234");
    String head = until(in, "\"type\":\"connected\"");
    assertThat(head)
        .containsIgnoringCase("content-type: text/event-stream;charset=utf-8")
        .containsIgnoringCase("cache-control: no-store, no-transform")
        .containsIgnoringCase("x-accel-buffering: no")
        .containsIgnoringCase("x-content-type-options: nosniff")
        .containsIgnoringCase("x-request-id: sub-1")
        .contains("retry: ");
    create();
    assertThat(until(in, "id: 1")).contains("event: stream.created\ndata: {");
  }

  @Test
  void shouldSendHeartbeatsAsOftenAsAskedWithinTheBounds() throws Exception {
    start(Map.of());
    assertThat(connected("all=true").json().path("heartbeat").asInt()).isEqualTo(10);
    assertThat(connected("all=true&heartbeat=60").json().path("heartbeat").asInt()).isEqualTo(60);
    assertThat(connected("all=true&heartbeat=5s").json().path("heartbeat").asInt()).isEqualTo(5);
    for (String wrong : List.of("1", "61", "2.5", "-2", "2m", "s", "0x5", "500ms")) {
      HttpResponse<String> answer = server.get("/v1/events/subscribe?all=true&heartbeat=" + wrong);
      assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
      assertThat(answer.body())
          .contains("\"parameter\":\"heartbeat\"", "heartbeat must be whole seconds from 2 to 60");
    }
    try (EventStream events = EventStream.at(server.port()).query("all=true&heartbeat=2").open()) {
      events.nextConnected();
      events.awaitFrame(frame -> "heartbeat".equals(frame.event()));
    }
  }

  private SseFrame connected(String query) {
    try (EventStream events = EventStream.at(server.port()).query(query).open()) {
      return events.nextConnected();
    }
  }

  @Test
  void shouldSendTheStateOfTheStreamsFirstIfAsked() throws Exception {
    start(Map.of());
    String id = create();
    server.advance(java.time.Duration.ofSeconds(0));
    BufferedReader in = open("/v1/events/subscribe?snapshot=true&streams=" + id);
    until(in, "event: stream.snapshot");
    JsonNode state = JSON.readTree(in.readLine().substring("data: ".length()));
    assertThat(state).isEqualTo(JSON.readTree(server.get("/v1/streams/" + id).body()));
    assertThat(until(in, "id: 1"))
        .containsPattern("\nevent: snapshot_end\ndata: \\{\"head\":1}\nid: 1\\.[a-z]{8}\n$");
  }

  /** An EventSource never changes its URL; the header changes with every event. */
  @Test
  void shouldGoOnAfterTheHeaderRatherThanTheParameter() throws Exception {
    start(Map.of());
    topUp(create());
    topUp("1");
    assertGoesOnAfter("2", EventStream.at(server.port()).query("all=true&lastEventId=0"), "2");
    assertGoesOnAfter("1", EventStream.at(server.port()).query("all=true&lastEventId=1"), null);
    assertGoesOnAfter("1", EventStream.at(server.port()).query("all=true&lastEventId=1"), "");
    assertGoesOnAfter("0", EventStream.at(server.port()).query("all=true"), "0");
  }

  /**
   * @param header the value of {@code Last-Event-ID}; null for none
   */
  private static void assertGoesOnAfter(
      String position, EventStream.Request request, String header) {
    try (EventStream events = request.lastEventId(header).open()) {
      assertThat(events.nextConnected().position()).isEqualTo(position);
      for (long next = Long.parseLong(position) + 1; next <= 3; next++) {
        assertThat(events.nextEvent().position()).isEqualTo(Long.toString(next));
      }
      events.assertNothingUnexpected();
    }
  }

  @Test
  void shouldSendResetForAPositionThatNeverExisted() throws Exception {
    start(Map.of());
    String id = create();
    topUp(id);
    String query = "all=true&lastEventId=999";
    try (EventStream events = EventStream.at(server.port()).query(query).open()) {
      assertThat(events.nextConnected().position()).isEqualTo("2");
      SseFrame reset = events.nextEvent("reset");
      assertThat(reset.position()).isEqualTo("2");
      assertThat(reset.json())
          .isEqualTo(JSON.readTree("{\"reason\":\"unknown_position\",\"oldest\":1,\"head\":2}"));
      topUp(id);
      assertThat(events.nextEvent("stream.topped_up").position()).isEqualTo("3");
      events.assertNothingUnexpected();
    }
  }

  /**
   * In the log of the client there was an event at this position, and in this one there is another.
   */
  @Test
  void shouldSendResetAndNoEventsForAPositionOfAnotherLog() throws Exception {
    start(Map.of());
    String id = create();
    topUp(id);
    topUp(id);
    String log = connected("all=true").json().path("log").asText();
    for (String foreign : List.of("1.another", "0.another", "3." + log + "x", "1.7")) {
      for (String header : Arrays.asList(null, foreign)) {
        String query = "all=true" + (header == null ? "&lastEventId=" + foreign : "");
        try (EventStream events =
            EventStream.at(server.port()).query(query).lastEventId(header).open()) {
          SseFrame hello = events.nextConnected();
          assertThat(hello.id()).isEqualTo("3." + log);
          assertThat(hello.json().path("log").asText()).isEqualTo(log);
          SseFrame reset = events.nextEvent("reset");
          assertThat(reset.id()).isEqualTo("3." + log);
          assertThat(reset.json())
              .isEqualTo(
                  JSON.readTree("{\"reason\":\"unknown_position\",\"oldest\":1,\"head\":3}"));
          events.assertNothingUnexpected();
        }
      }
    }
  }

  @Test
  void shouldGoOnAfterAPositionOfAnotherLogWithLiveEventsOrASnapshot() throws Exception {
    start(Map.of());
    String id = create();
    topUp(id);
    try (EventStream live = EventStream.at(server.port()).lastEventId("1.another").open();
        EventStream states =
            EventStream.at(server.port())
                .query("all=true&snapshot=true&lastEventId=1.another")
                .open()) {
      live.nextConnected();
      live.nextEvent("reset");
      assertThat(states.nextConnected().id()).isNull();
      assertThat(states.nextEvent("reset").id()).isEmpty();
      states.nextConnected(); // now with the snapshot
      assertThat(states.nextEvent("stream.snapshot").json().path("version").asInt()).isEqualTo(2);
      assertThat(states.nextEvent("snapshot_end").position()).isEqualTo("2");
      topUp(id);
      for (EventStream events : List.of(live, states)) {
        assertThat(events.nextEvent("stream.topped_up").position()).isEqualTo("3");
        events.assertNothingUnexpected();
      }
    }
  }

  /** What an EventSource sends back, for as long as the log is the same. */
  @Test
  void shouldGoOnAfterTheIdThatItHasSent() throws Exception {
    start(Map.of());
    topUp(create());
    topUp("1");
    String id;
    try (EventStream events = EventStream.at(server.port()).lastEventId("0").open()) {
      events.nextConnected();
      id = events.nextEvent("stream.created").id();
      assertThat(id).matches("1\\.[a-z]{8}");
    }
    server.close();
    start(Map.of());
    assertGoesOnAfter("1", EventStream.at(server.port()).query("all=true"), id);
    assertGoesOnAfter("1", EventStream.at(server.port()).query("all=true&lastEventId=" + id), null);
  }

  /** Streams found by their id and by their user, while commands keep coming in. */
  @Test
  void shouldGoOnAfterASnapshotWithEveryLaterEventOnce() throws Exception {
    start(Map.of());
    List<String> ids = List.of(create(), create(), create());
    CountDownLatch underWay = new CountDownLatch(10);
    CompletableFuture<Void> commands =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 60; i++) {
                topUp(ids.get(i % 3));
                underWay.countDown();
              }
            });
    underWay.await();
    String query = "snapshot=true&streams=" + ids.get(0) + "&users=" + TestAddresses.account(2);
    try (EventStream events = EventStream.at(server.port()).query(query).open()) {
      commands.get(30, TimeUnit.SECONDS);
      events.awaitFrame(frame -> "63".equals(frame.position()));

      List<SseFrame> frames = events.frames();
      assertThat(frames.get(0).json().path("type").asText()).isEqualTo("connected");
      Map<String, Integer> versions = new HashMap<>();
      for (SseFrame state : frames.subList(1, 4)) {
        assertThat(state.event()).isEqualTo("stream.snapshot");
        assertThat(state.id()).isNull();
        versions.put(state.json().path("streamId").asText(), state.json().path("version").asInt());
      }
      assertThat(versions.keySet()).containsExactlyInAnyOrderElementsOf(ids);
      SseFrame head = frames.get(4);
      assertThat(head.event()).isEqualTo("snapshot_end");
      long position = Long.parseLong(head.position());
      assertThat(head.json().path("head").asLong()).isEqualTo(position);
      // each version is one event, so the states are those of this position
      assertThat(versions.values().stream().mapToInt(v -> v).sum()).isEqualTo((int) position);
      List<SseFrame> later = frames.subList(5, frames.size());
      assertThat(later)
          .extracting(SseFrame::position)
          .isEqualTo(LongStream.rangeClosed(position + 1, 63).mapToObj(Long::toString).toList());
      for (SseFrame event : later) {
        assertThat(event.event()).isEqualTo("stream.topped_up");
        int version = versions.merge(event.json().path("streamId").asText(), 1, Integer::sum);
        assertThat(event.json().path("version").asInt()).isEqualTo(version);
      }
    }
  }

  private void topUp(String id) {
    try {
      HttpResponse<String> answer =
          server.post("/v1/streams/" + id + "/top-up", "{\"amount\":\"1\"}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** After a restart the latest 8,192 events are in memory; older ones come from the log. */
  @Test
  void shouldGoOnFromTheLogThroughMemoryToWhatIsLiveWithoutASeam() throws Exception {
    int old = 9_000;
    int live = 1_500;
    start(Map.of());
    create();
    topUp(server, 2, old).join();
    server.close();
    start(Map.of());

    CompletableFuture<Void> commands = topUp(server, old + 1, old + live);
    List<EventStream> followers = new ArrayList<>();
    try {
      for (int from : List.of(0, 1, 400, 807, 808, 809, 8_999)) {
        followers.add(
            EventStream.at(server.port())
                .query(from % 2 == 0 ? "all=true" : "streams=1")
                .lastEventId(Integer.toString(from))
                .open());
      }
      commands.get(30, TimeUnit.SECONDS);
      for (EventStream follower : followers) {
        String head = Integer.toString(old + live);
        follower.awaitFrame(frame -> head.equals(frame.position()));
        List<String> ids = follower.frames().stream().map(SseFrame::position).toList();
        long from = Long.parseLong(ids.get(0)); // of the greeting
        assertThat(ids)
            .isEqualTo(LongStream.rangeClosed(from, old + live).mapToObj(Long::toString).toList());
      }
    } finally {
      followers.forEach(EventStream::close);
    }
  }

  /** Straight into the ledger, as many as it may queue at a time. */
  private static CompletableFuture<Void> topUp(ApiServer server, int first, int last) {
    return CompletableFuture.runAsync(
        () -> {
          StreamCommand.TopUp topUp =
              new StreamCommand.TopUp(new StreamId(1), Amount.of(1), Optional.empty());
          CompletionStage<?> latest = CompletableFuture.completedStage(null);
          for (int i = first; i <= last; i++) {
            latest = server.node.real().ledger().submit(CommandRequest.of(topUp));
            if (i % 1000 == 0) {
              latest.toCompletableFuture().join();
            }
          }
          latest.toCompletableFuture().join();
        });
  }

  @Test
  void shouldCountOpenStreamsAndForgetThemWhenTheyEnd() throws Exception {
    start(Map.of());
    String id = create();
    until(open("/v1/events/subscribe?all=true"), "connected");
    until(open("/v1/events/subscribe?streams=" + id + "&streams=2"), "connected");
    JsonNode stats = stats();
    assertThat(stats.path("activeConnections").asInt()).isEqualTo(2);
    assertThat(stats.path("activeIps").asInt()).isEqualTo(1);
    assertThat(stats.path("perIpPeakConnections").asInt()).isEqualTo(2);
    assertThat(stats.path("maxConnections").asInt()).isEqualTo(10_000);
    assertThat(stats.path("head").asLong()).isEqualTo(1);
    assertThat(stats.path("oldest").asLong()).isEqualTo(1);
    assertThat(stats.path("slowClientsClosed").asLong()).isZero();
    assertThat(stats.path("timestamp").asText()).isEqualTo("2027-01-15T08:00:00Z");
    assertThat(stats.path("connectionsByFilter").path("all").asInt()).isEqualTo(1);
    assertThat(stats.path("connectionsByFilter").path("stream").asInt()).isEqualTo(2);
    server.post("/v1/streams/" + id + "/pause", "");
    await().untilAsserted(() -> assertThat(stats().path("delivered").asLong()).isEqualTo(2));

    streams.close();
    // the Servlet API reports a lost client only at a write
    await()
        .untilAsserted(
            () -> {
              server.post("/v1/streams/" + create() + "/pause", "");
              server.post("/v1/streams/" + id + "/" + "top-up", "{\"amount\":\"1\"}");
              assertThat(stats().path("activeConnections").asInt()).isZero();
            });
  }

  @Test
  void shouldRefuseConnectionsBeyondTheLimitsAndTakeOthersOnceSomeAreGone() throws Exception {
    start(Map.of("MAX_SSE_CONNECTIONS", "3", "MAX_SSE_CONNECTIONS_PER_IP", "2"));
    BufferedReader first = open("/v1/events/subscribe?all=true");
    until(first, "connected");
    until(open("/v1/events/subscribe?all=true"), "connected");
    HttpResponse<String> refused = server.get("/v1/events/subscribe?all=true");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("60");
    assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    // a rejected request uses no slot, and neither does an invalid one
    assertThat(server.get("/v1/events/subscribe?streams=x").statusCode()).isEqualTo(400);
    assertThat(stats().path("activeConnections").asInt()).isEqualTo(2);

    first.close();
    await()
        .untilAsserted(
            () -> {
              create();
              assertThat(stats().path("activeConnections").asInt()).isEqualTo(1);
            });
    until(open("/v1/events/subscribe?all=true"), "connected");
  }

  @Test
  void shouldRefuseEverythingNewOnceTheServerStops() throws Exception {
    start(Map.of());
    String id = create();
    BufferedReader in = open("/v1/events/subscribe?all=true");
    until(in, "connected");
    assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);

    server.node.drain();

    HttpResponse<String> subscribe = server.get("/v1/events/subscribe?all=true");
    assertThat(subscribe.statusCode()).isEqualTo(503);
    assertThat(subscribe.headers().firstValue("Retry-After")).isPresent();
    HttpResponse<String> command = server.post("/v1/streams/" + id + "/pause", "");
    assertThat(command.statusCode()).isEqualTo(503);
    assertThat(command.headers().firstValue("Retry-After")).isPresent();
    assertThat(command.body()).contains("stopping");
    HttpResponse<String> ready = server.get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("stopping");
    assertThat(ready.headers().firstValue("Retry-After")).isPresent();
    assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(server.get("/v1/streams/" + id).statusCode()).isEqualTo(200);
    assertThat(until(in, "data:")).contains("event: reconnect").contains("shutdown");
  }

  @Test
  void shouldBeUnreadyFirstAndServeOnUntilEveryClientHasBeenSentAway() throws Exception {
    start(Map.of("DRAIN_DELAY", "1s", "DRAIN_WINDOW", "1s"));
    String id = create();
    BufferedReader early = open("/v1/events/subscribe?all=true");
    until(early, "connected");
    Thread drain = new Thread(server.node::drain);
    drain.start();
    await().until(() -> server.get("/health/ready").statusCode() == 503);

    assertThat(server.node.isDraining()).as("it serves on").isFalse();
    assertThat(server.post("/v1/streams/" + id + "/pause", "").statusCode()).isEqualTo(200);
    assertThat(until(early, "id: 2")).contains("stream.paused").doesNotContain("reconnect");
    BufferedReader late = open("/v1/events/subscribe?all=true");
    until(late, "connected");
    assertThat(until(early, "\"reason\"")).contains("event: reconnect", "shutdown");
    assertThat(until(late, "\"reason\"")).contains("event: reconnect", "shutdown");
    drain.join();
    assertThat(server.get("/v1/events/subscribe?all=true").statusCode()).isEqualTo(503);
    assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
  }

  /** A balancer needs that time to notice: until then others would come for those who leave. */
  @Test
  void shouldSendNobodyAwayBeforeTheDelayIsOver() throws Exception {
    Duration delay = Duration.ofSeconds(2);
    start(Map.of("DRAIN_DELAY", "2s", "DRAIN_WINDOW", "50ms"));
    BufferedReader client = open("/v1/events/subscribe?all=true");
    until(client, "connected");
    long begun = System.nanoTime();
    Thread drain = new Thread(server.node::drain);
    drain.start();
    assertThat(until(client, "\"reason\"")).contains("event: reconnect", "shutdown");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(delay);
    drain.join();
  }

  /** The other nodes take a few at a time, and nobody is left without events meanwhile. */
  @Test
  void shouldSendClientsAwayOneAfterTheOtherAndServeThoseThatAreLeft() throws Exception {
    start(Map.of("DRAIN_WINDOW", "30s", "MAX_SSE_CONNECTIONS_PER_IP", "100"));
    String id = create();
    List<BufferedReader> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      BufferedReader client = open("/v1/events/subscribe?all=true");
      until(client, "connected");
      clients.add(client);
    }
    Thread drain = new Thread(server.node::drain);
    drain.start();
    assertThat(until(clients.get(0), "\"reason\"")).contains("event: reconnect", "shutdown");
    assertThat(server.node.isDraining()).as("it serves on").isFalse();
    assertThat(server.post("/v1/streams/" + id + "/pause", "").statusCode()).isEqualTo(200);
    assertThat(until(clients.get(19), "id: 2")).doesNotContain("reconnect");
    drain.interrupt();
    drain.join();
  }

  @Test
  void shouldTellHowItIs() throws Exception {
    start(Map.of());
    JsonNode health = JSON.readTree(server.get("/health").body());
    assertThat(health.path("status").asText()).isEqualTo("up");
    assertThat(health.path("mode").asText()).isEqualTo("open");
    assertThat(health.path("version").asText()).isNotEmpty();
    assertThat(JSON.readTree(server.get("/health/live").body()).path("status").asText())
        .isEqualTo("up");
    assertThat(server.get("/health/ready").headers().firstValue("Cache-Control"))
        .hasValue("no-store");
  }
}

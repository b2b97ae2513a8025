package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole path on a real Tomcat, once for each output. */
@Timeout(120)
class TomcatSmokeIT {
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);
  private static final String CAROL = TestAddresses.account(3);

  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldDeliverACommandToTheSubscribersWhoseFilterMatches(String output) {
    try (TomcatServer server = TomcatServer.start(Map.of("SSE_OUTPUT", output, "SANDBOX", "on"));
        EventStream all = server.events().query("all=true").open();
        EventStream tried = server.events().query("all=true&sandbox=true").open();
        EventStream bobs =
            server.events().query("users=" + BOB).header("Accept-Encoding", "gzip").open();
        EventStream replaced =
            server.events().path("/legacy/v1/events/subscribe").query("streams=1").open()) {
      assertThat(all.header("content-type")).hasValue("text/event-stream;charset=UTF-8");
      assertThat(all.header("cache-control")).hasValue("no-store, no-transform");
      assertThat(all.nextConnected().retry()).isBetween(4000L, 6000L);
      assertThat(bobs.header("content-encoding")).isEmpty();
      bobs.nextConnected();

      HttpApi api = server.api();
      String id = api.create(HttpApi.newStream(ALICE, BOB).put("reference", "rent März"));
      String others = api.create(HttpApi.newStream(ALICE, CAROL));
      assertThat(api.post("v1/streams/" + id + "/pause", HttpApi.object()).status())
          .isBetween(200, 299);

      SseFrame created = bobs.nextEvent("stream.created");
      assertThat(created.position()).isEqualTo("1");
      assertThat(created.json().path("streamId").asText()).isEqualTo(id);
      assertThat(created.json().path("recipient").asText()).isEqualTo(BOB);
      assertThat(created.json().path("depositedAmount").asText()).isEqualTo("100000000000");
      assertThat(created.json().path("reference").asText()).isEqualTo("rent März");
      assertThat(bobs.nextEvent("stream.paused").position()).isEqualTo("3");
      bobs.assertNothingUnexpected();

      assertThat(all.nextEvent("stream.created").json().path("streamId").asText()).isEqualTo(id);
      assertThat(all.nextEvent("stream.created").json().path("streamId").asText())
          .isEqualTo(others);
      assertThat(all.nextEvent("stream.paused").position()).isEqualTo("3");
      all.assertNothingUnexpected();

      replaced.nextConnected();
      assertThat(replaced.nextEvent("stream.created").position()).isEqualTo("1");
      assertThat(replaced.nextEvent("stream.paused").position()).isEqualTo("3");
      assertThat(api.get("legacy/v1/streams?sender=" + ALICE).json().at("/data/1/isPaused"))
          .isEqualTo(BooleanNode.TRUE);

      // those of the connector that tomcat-conf configures
      assertThat(api.get("metrics").body())
          .containsPattern("(?m)^flowfi_sockets [1-9]")
          .containsPattern("(?m)^flowfi_sockets_limit [1-9]")
          .containsPattern("(?m)^flowfi_http_threads_limit [1-9]");

      assertThat(tried.header("x-sandbox-mode")).hasValue("true");
      assertThat(tried.nextConnected().json().path("sandbox").asBoolean()).isTrue();
      assertThat(tried.frames()).as("nothing real").hasSize(1);
      assertThat(
              api.post("v1/streams?sandbox=true", HttpApi.newStream(CAROL, BOB))
                  .json()
                  .path("sandbox")
                  .asBoolean())
          .isTrue();
      assertThat(tried.nextEvent("stream.created").position()).isEqualTo("1");
      String last = api.create(HttpApi.newStream(BOB, ALICE));
      assertThat(all.nextEvent("stream.created").json().path("streamId").asText())
          .as("nothing tried")
          .isEqualTo(last);
      assertThat(tried.frames()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldSayGoodbyeAndCarryOnAfterARestart(String output) {
    try (TomcatServer server = TomcatServer.start(Map.of("SSE_OUTPUT", output))) {
      String cursor;
      try (EventStream events = server.events().query("users=" + BOB).open()) {
        events.nextConnected();
        server.api().create(HttpApi.newStream(ALICE, BOB));
        events.nextEvent("stream.created");
        cursor = events.lastEventId();

        Thread stopping = new Thread(server::stop);
        stopping.start();
        SseFrame farewell = events.nextEvent("reconnect");
        assertThat(farewell.json().path("reason").asText()).isEqualTo("shutdown");
        assertThat(farewell.retry()).isPositive();
        events.awaitEnd(Duration.ofSeconds(5));
        events.assertNothingUnexpected();
        join(stopping);
      }
      assertThat(server.isAlive()).isFalse();

      server.restart();
      HttpApi api = server.api();
      String missed = api.create(HttpApi.newStream(CAROL, BOB));
      try (EventStream events = server.events().query("users=" + BOB).lastEventId(cursor).open()) {
        events.nextConnected();
        assertThat(events.nextEvent("stream.created").json().path("streamId").asText())
            .isEqualTo(missed);
        String live = api.create(HttpApi.newStream(BOB, ALICE));
        assertThat(events.nextEvent("stream.created").json().path("streamId").asText())
            .isEqualTo(live);
        events.assertNothingUnexpected();
      }
      assertThat(server.log()).doesNotContain("SEVERE");
    }
  }

  /**
   * A stopping server does not wait for clients that take nothing. All others get everything, and
   * new clients are refused at once.
   */
  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldStopWithinFiveSecondsThoughSomeDoNotRead(String output) throws Exception {
    try (TomcatServer server = TomcatServer.start(Map.of("SSE_OUTPUT", output));
        EventStream reader = server.events().query("all=true").open();
        StalledSubscribers stalled = StalledSubscribers.at(server)) {
      long begin = System.nanoTime();
      CompletableFuture<Integer> stopping = CompletableFuture.supplyAsync(server::stop);
      SseFrame farewell = reader.awaitEvent("reconnect");
      // longer than new subscribers are refused, and longer than binding the port again takes: some
      // clients give up at the first refusal of either kind
      assertThat(farewell.retry()).isBetween(8000L, 10_000L);
      assertRefusesWhatIsNew(server);
      stopping.get(10, TimeUnit.SECONDS);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
      reader.awaitEnd(Duration.ofSeconds(1));
      List<SseFrame> frames = reader.frames();
      assertThat(frames.get(frames.size() - 1).event()).isEqualTo("reconnect");
      assertThat(reader.lastPosition()).isEqualTo(Integer.toString(stalled.events()));
    }
  }

  /** On new connections: Tomcat itself would refuse requests on old ones. */
  private static void assertRefusesWhatIsNew(TomcatServer server) {
    HttpApi.Answer subscriber =
        server.api().get("v1/events/subscribe?all=true", "Accept", "text/event-stream");
    HttpApi.Answer command = server.api().post("v1/streams", HttpApi.newStream(ALICE, BOB));
    for (HttpApi.Answer answer : List.of(subscriber, command)) {
      assertThat(answer.status()).as(answer.body()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(answer.json().path("detail").asText()).contains("stopping");
    }
    assertThat(server.api().get("health/ready").status()).isEqualTo(503);
  }

  private static void join(Thread thread) {
    try {
      thread.join(30_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}

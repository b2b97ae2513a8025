package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole path on a real Tomcat, once for each way of writing to a connection. */
@Timeout(120)
class TomcatSmokeIT {
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);
  private static final String CAROL = TestAddresses.account(3);

  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldDeliverACommandToTheSubscribersWhoseFilterMatches(String output) {
    try (TomcatServer server = TomcatServer.start(Map.of("SSE_OUTPUT", output));
        EventStream all = server.events().query("all=true").open();
        EventStream bobs = server.events().query("users=" + BOB).open()) {
      assertThat(all.header("content-type")).hasValue("text/event-stream;charset=UTF-8");
      assertThat(all.header("cache-control")).hasValue("no-store, no-transform");
      assertThat(all.nextConnected().retry()).isBetween(500L, 60_000L);
      bobs.nextConnected();

      HttpApi api = server.api();
      String id = api.create(HttpApi.newStream(ALICE, BOB).put("reference", "rent März"));
      String others = api.create(HttpApi.newStream(ALICE, CAROL));
      assertThat(api.post("v1/streams/" + id + "/pause", HttpApi.object()).status())
          .isBetween(200, 299);

      SseFrame created = bobs.nextEvent("stream.created");
      assertThat(created.id()).isEqualTo("1");
      assertThat(created.json().path("streamId").asText()).isEqualTo(id);
      assertThat(created.json().path("recipient").asText()).isEqualTo(BOB);
      assertThat(created.json().path("depositedAmount").asText()).isEqualTo("100000000000");
      assertThat(created.json().path("reference").asText()).isEqualTo("rent März");
      assertThat(bobs.nextEvent("stream.paused").id()).isEqualTo("3");
      bobs.assertNothingUnexpected();

      assertThat(all.nextEvent("stream.created").json().path("streamId").asText()).isEqualTo(id);
      assertThat(all.nextEvent("stream.created").json().path("streamId").asText())
          .isEqualTo(others);
      assertThat(all.nextEvent("stream.paused").id()).isEqualTo("3");
      all.assertNothingUnexpected();
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
   * Told to stop, it does not wait for those who take nothing, and everybody else gets everything.
   */
  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldStopWithinFiveSecondsThoughSomeDoNotRead(String output) throws Exception {
    int events = 6_000;
    String reference = "r".repeat(64);
    try (TomcatServer server = TomcatServer.start(Map.of("SSE_OUTPUT", output));
        EventStream reader = server.events().query("all=true").open()) {
      List<EventStream> others = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        others.add(server.events().receiveBuffer(2048).paused().open());
      }
      HttpApi api = server.api();
      AtomicInteger next = new AtomicInteger();
      List<CompletableFuture<Void>> writers = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        writers.add(
            CompletableFuture.runAsync(
                () -> {
                  while (next.incrementAndGet() <= events) {
                    api.create(HttpApi.newStream(ALICE, BOB).put("reference", reference));
                  }
                }));
      }
      for (CompletableFuture<Void> writer : writers) {
        writer.get(60, TimeUnit.SECONDS);
      }
      assertThat(api.get("v1/events/stats").json().path("slowClients").asInt()).isEqualTo(3);

      long begin = System.nanoTime();
      server.stop();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
      reader.awaitEnd(Duration.ofSeconds(1));
      List<SseFrame> frames = reader.frames();
      assertThat(frames.get(frames.size() - 1).event()).isEqualTo("reconnect");
      assertThat(reader.lastEventId()).isEqualTo(Integer.toString(events));
      others.forEach(EventStream::close);
    }
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

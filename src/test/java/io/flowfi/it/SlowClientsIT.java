package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do not read affect only themselves. */
@Tag("alone")
@Timeout(180)
class SlowClientsIT {
  private static final int SLOW = 200;
  private static final int EVENTS = 6_000;

  /**
   * With a copy of every event for each slow client, half a kilobyte each, the server would need
   * four times as much. It ends itself when it runs out of memory (setenv.sh).
   */
  private static final String HEAP = "144m";

  /**
   * For the bytes in the kernel's buffers when a client reads again. If its window is smaller than
   * what the kernel would send at once, they leave by probes at growing intervals: 77 KB took 17 s,
   * with up to 13 s between two bytes, although the server's side had been closed long before.
   */
  private static final Duration FROM_THE_KERNEL = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldNotLetClientsThatNeverReadHoldBackAnybody(String output) throws Exception {
    try (TomcatServer server = TomcatServer.start(environment(output, "10m", HEAP));
        Crowd crowd = new Crowd(server.port());
        EventStream slow = server.events().receiveBuffer(32 * 1024).paused().open()) {
      for (int i = 1; i < SLOW; i++) {
        crowd.joinWithoutReading("all=true", i);
      }
      Follower follower = new Follower();
      crowd.join("all=true", 0, follower);
      HttpApi api = server.api();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> follower.isConnected() && stats(api, "activeConnections") == SLOW + 1);

      publish(api, EVENTS);

      // The publisher is done, and so are the readers after a moment. A delivery that waited for
      // any of the others, even for a tenth of a second, would be far behind.
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> {
                crowd.assertWell();
                return follower.has(EVENTS);
              });
      await().until(() -> stats(api, "slowClients") == SLOW);
      JsonNode stats = api.get("v1/events/stats").json();
      assertThat(stats.path("activeConnections").asInt()).isEqualTo(SLOW + 1);
      assertThat(stats.path("slowClientsClosed").asInt()).isZero();
      assertThat((stats.path("delivered").asLong() - EVENTS) / SLOW)
          .as("events that left for each of those who do not read, into buffers of the kernel")
          .isBetween(1L, EVENTS / 4L);

      slow.resumeReading();
      await()
          .atMost(FROM_THE_KERNEL)
          .until(() -> Integer.toString(EVENTS).equals(slow.lastPosition()));
      assertThat(created(slow)).as("what the slow one has read").isEqualTo(positions(1, EVENTS));
      assertThat(stats(api, "activeConnections")).isEqualTo(SLOW + 1);
      assertThat(server.log()).doesNotContain("SEVERE", "OutOfMemoryError");
    }
  }

  /** In async mode Tomcat has a time-out of its own, ten seconds, which must not come first. */
  @ParameterizedTest
  @CsvSource({"detached, 3s", "async, 12s"})
  void shouldEndAClientThatNeverReadsWhereItCanResume(String output, String stall)
      throws Exception {
    int events = 1_500;
    try (TomcatServer server = TomcatServer.start(environment(output, stall, "384m"));
        EventStream slow = server.events().receiveBuffer(2048).paused().open()) {
      HttpApi api = server.api();
      publish(api, events);
      // the socket's buffers are full, and the stall time-out ends it
      await().atMost(Duration.ofSeconds(30)).until(() -> stats(api, "slowClientsClosed") == 1);
      slow.resumeReading();
      assertThat(slow.awaitGone(FROM_THE_KERNEL)).isTrue();
      // what it got is complete and in order, and it can resume from there
      List<String> before = created(slow);
      assertThat(before).isNotEmpty().isEqualTo(positions(1, before.size()));
      try (EventStream back = server.events().lastEventId(slow.lastEventId()).open()) {
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> Integer.toString(events).equals(back.lastPosition()));
        assertThat(created(back)).isEqualTo(positions(before.size() + 1, events));
      }
    }
  }

  private static Map<String, String> environment(String output, String stall, String heap) {
    return Map.of(
        "SSE_OUTPUT", output,
        "MAX_SSE_CONNECTIONS_PER_IP", "1000",
        "CATALINA_OPTS", "", // it is about a server that is warm
        "SSE_STALL_TIMEOUT", stall,
        "FLOWFI_HEAP_MAX", heap);
  }

  /**
   * Publishes as fast as a few callers can. Returns when all are answered; any answer but 201
   * fails.
   */
  private static void publish(HttpApi api, int events) throws Exception {
    ObjectNode stream =
        HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
            .put("reference", "r".repeat(64));
    AtomicInteger created = new AtomicInteger();
    Callable<Void> writer =
        () -> {
          while (created.incrementAndGet() <= events) {
            api.create(stream);
          }
          return null;
        };
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Void>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        writers.add(threads.submit(writer));
      }
      for (Future<Void> running : writers) {
        running.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static int stats(HttpApi api, String name) {
    return api.get("v1/events/stats").json().path(name).asInt();
  }

  private static List<String> created(EventStream events) {
    return events.frames().stream()
        .filter(frame -> "stream.created".equals(frame.event()))
        .map(SseFrame::position)
        .toList();
  }

  private static List<String> positions(int first, int last) {
    return LongStream.rangeClosed(first, last).mapToObj(Long::toString).toList();
  }
}

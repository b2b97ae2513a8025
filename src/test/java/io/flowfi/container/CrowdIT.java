package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What many subscribers at once may rely on: everyone gets everything, nobody gets what is
 * another's, nobody waits for another.
 */
@Timeout(180)
class CrowdIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int EVENTS_A_SECOND = 200;

  /** Events of a server that has just started and still compiles. */
  private static final int WARM_UP = 200;

  private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"event-([0-9]+)\"");

  private static Map<String, String> environment(String output) {
    return Map.of(
        "SSE_OUTPUT", output,
        "MAX_SSE_CONNECTIONS", "20000",
        "MAX_SSE_CONNECTIONS_PER_IP", "20000",
        "RATE_LIMIT", "off",
        "SSE_STALL_TIMEOUT", "3s",
        // in a container that does not watch the read side, a client that left is noticed by a
        // heartbeat
        "SSE_HEARTBEAT_INTERVAL", "2s");
  }

  /** Counts the events of everything and checks that none is missing. */
  private static final class Follower implements Crowd.Member {
    private final AtomicLong last = new AtomicLong();
    private volatile boolean connected;

    /** Without a string each: they are two hundred thousand a second. */
    @Override
    public void frame(byte[] bytes, int from, int end) {
      if (bytes[from] != 'i') {
        Crowd.Member.super.frame(bytes, from, end);
        return;
      }
      long id = 0;
      int at = from + "id: ".length();
      for (; at < end && bytes[at] != '\n'; at++) {
        id = 10 * id + bytes[at] - '0';
      }
      if (at < end) {
        follows(id);
      }
    }

    private void follows(long id) {
      if (!last.compareAndSet(id - 1, id)) {
        throw new AssertionError("after " + last + " came " + id);
      }
    }

    @Override
    public void frame(String frame) {
      connected |= frame.startsWith("retry: ");
    }
  }

  /** Notes how long each event took from the command's being sent, on a thread of its own. */
  private static final class Witness implements Crowd.Member {
    private final Map<Integer, Long> sentNanos = new ConcurrentHashMap<>();
    private final Map<Integer, Long> tookMillis = new ConcurrentHashMap<>();
    private volatile boolean connected;

    void sends(int event) {
      sentNanos.put(event, System.nanoTime());
    }

    @Override
    public void frame(String frame) {
      if (frame.startsWith("retry: ")) {
        connected = true;
      }
      Matcher reference = REFERENCE.matcher(frame);
      if (reference.find()) {
        int event = Integer.parseInt(reference.group(1));
        long took = System.nanoTime() - sentNanos.get(event);
        tookMillis.put(event, TimeUnit.NANOSECONDS.toMillis(took));
      }
    }

    List<Long> millisAfter(int first) {
      return tookMillis.entrySet().stream()
          .filter(entry -> entry.getKey() >= first)
          .map(Map.Entry::getValue)
          .sorted()
          .toList();
    }
  }

  /** At a steady rate, by a few callers, whatever each of them waits for its answers. */
  private static void publish(HttpApi api, Witness witness, int events) throws Exception {
    ScheduledExecutorService callers = Executors.newScheduledThreadPool(8);
    try {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < events; i++) {
        int event = i;
        calls.add(
            callers.schedule(
                () -> {
                  witness.sends(event);
                  api.create(
                      HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
                          .put("reference", "event-" + event));
                },
                i * 1_000_000L / EVENTS_A_SECOND,
                TimeUnit.MICROSECONDS));
      }
      for (Future<?> call : calls) {
        call.get(60, TimeUnit.SECONDS);
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldDeliverEveryEventToAThousandSubscribers(String output) throws Exception {
    int events = 800;
    try (TomcatServer server = TomcatServer.start(environment(output));
        Crowd crowd = new Crowd(server.port());
        Crowd beside = new Crowd(server.port())) {
      List<Follower> followers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        Follower follower = new Follower();
        followers.add(follower);
        crowd.join("all=true", i, follower);
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> followers.stream().allMatch(f -> f.connected));
      HttpApi api = server.api();
      Witness witness = new Witness();
      beside.join("all=true", 1, witness);
      await().until(() -> witness.connected);
      long begin = System.nanoTime();
      publish(api, witness, events);
      double rate = events / ((System.nanoTime() - begin) / 1e9);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                crowd.assertWell();
                return followers.stream().allMatch(f -> f.last.get() == events);
              });
      JsonNode stats = api.get("v1/events/stats").json();
      assertThat(stats.path("activeConnections").asInt()).isEqualTo(1001);
      assertThat(stats.path("delivered").asLong()).isEqualTo(1001L * events);
      beside.assertWell();
      List<Long> millis = witness.millisAfter(WARM_UP);
      assertThat(millis).as("milliseconds to one beside the crowd").hasSize(events - WARM_UP);
      // A figure to read, not a rule to break a build with: the crowd has its half of the same
      // processor, and others may have the rest. The benchmark measures.
      System.out.printf(
          "%s output, 1,000 subscribers, %.0f events/s: one beside them waits %d ms, the median of %d to %d%n",
          output,
          rate,
          millis.get(millis.size() / 2),
          millis.get(0),
          millis.get(millis.size() - 1));
      crowd.close();
      beside.close();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> api.get("v1/events/stats").json().path("activeConnections").asInt() == 0);
      assertThat(server.log()).doesNotContain("SEVERE");
    }
  }

  /**
   * No byte of one connection's events may ever reach another: thousands of connections come and go
   * while events flow, each subscribed to a user of its own, and every frame received is checked
   * against the filter.
   */
  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldNeverMixConnectionsUnderChurn(String output) throws InterruptedException {
    int users = 40;
    int visits = 3000;
    AtomicInteger checked = new AtomicInteger();
    AtomicBoolean done = new AtomicBoolean();
    try (TomcatServer server = TomcatServer.start(environment(output));
        Crowd crowd = new Crowd(server.port())) {
      Thread publisher =
          new Thread(
              () -> {
                HttpApi api = server.api();
                for (int i = 0; !done.get(); i++) {
                  api.create(
                      HttpApi.newStream(
                              TestAddresses.account(i % users),
                              TestAddresses.account(i * 7 % users))
                          .put("reference", "x".repeat(1 + i % 60)));
                }
              });
      publisher.start();
      Random random = new Random(11);
      List<Runnable> present = new ArrayList<>();
      for (int i = 0; i < visits; i++) {
        String user = TestAddresses.account(i % users);
        String resume = i % 3 == 0 ? "&lastEventId=0" : "";
        present.add(crowd.join("users=" + user + resume, i, frame -> check(frame, user, checked)));
        if (present.size() > 100) {
          present.remove(random.nextInt(present.size())).run();
        }
        crowd.assertWell();
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> checked.get() > 10_000);
      done.set(true);
      publisher.join();
      crowd.assertWell();
      present.forEach(Runnable::run);
      HttpApi api = server.api();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                JsonNode stats = api.get("v1/events/stats").json();
                assertThat(stats.path("activeConnections").asInt()).isZero();
                assertThat(stats.path("connectionsByFilter").path("user").asInt()).isZero();
              });
      assertThat(server.log()).doesNotContain("SEVERE");
    }
  }

  private static void check(String frame, String user, AtomicInteger checked) {
    if (frame.startsWith("retry: ") && frame.contains("\ndata: {\"type\":\"connected\"")
        || frame.startsWith(": heartbeat")) {
      return;
    }
    if (!frame.matches("id: [0-9]+\nevent: stream\\.[a-z_]+\ndata: \\{.*}")) {
      throw new AssertionError("not a frame: " + frame);
    }
    try {
      JsonNode payload = JSON.readTree(frame.substring(frame.indexOf("data: ") + 6));
      if (!user.equals(payload.path("sender").asText())
          && !user.equals(payload.path("recipient").asText())) {
        throw new AssertionError(user + " received what is another's: " + frame);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("not a payload: " + frame, e);
    }
    checked.incrementAndGet();
  }

  @Test
  void shouldNotLetAClientThatNeverReadsHoldBackAnybody() {
    int events = 6000;
    try (TomcatServer server = TomcatServer.start(environment("detached"));
        Crowd crowd = new Crowd(server.port());
        EventStream slow = server.events().receiveBuffer(2048).paused().open()) {
      Follower follower = new Follower();
      crowd.join("all=true", 1, follower);
      await().until(() -> follower.connected);
      HttpApi api = server.api();
      String reference = "r".repeat(64);
      AtomicInteger created = new AtomicInteger();
      List<Thread> writers = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        writers.add(
            new Thread(
                () -> {
                  HttpApi own = server.api();
                  while (created.incrementAndGet() <= events) {
                    own.create(
                        HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
                            .put("reference", reference));
                  }
                }));
      }
      writers.forEach(Thread::start);
      await().atMost(Duration.ofSeconds(60)).until(() -> follower.last.get() == events);
      crowd.assertWell();
      // the socket's buffers are full by now and the stall time-out ends it, without a word to the
      // others
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> api.get("v1/events/stats").json().path("slowClientsClosed").asInt() == 1);
      slow.resumeReading();
      assertThat(slow.awaitGone(Duration.ofSeconds(10))).isTrue();
      // what it did get is whole and in order, and from there it can resume
      String last = slow.lastEventId();
      try (EventStream back = server.events().lastEventId(last).open()) {
        back.nextConnected();
        assertThat(back.nextEvent("stream.created").id())
            .isEqualTo(Long.toString(Long.parseLong(last) + 1));
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> back.lastEventId().equals(Long.toString(events)));
      }
    }
  }
}

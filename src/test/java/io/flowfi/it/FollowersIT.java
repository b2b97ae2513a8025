package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Followers that drop their connection and resume at random moments, while streams are created as
 * fast as four writers can: each gets every event of its filter, once, in the order of the log.
 */
@Timeout(240)
class FollowersIT {
  private static final int CREATES = 1_500;
  private static final int WRITERS = 4;
  private static final int USERS = 6;
  private static final String LAST = "the last one";

  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldLoseRepeatAndReorderNothing(String output) throws Exception {
    String one = TestAddresses.account(0);
    String two = TestAddresses.account(1);
    Map<String, Predicate<JsonNode>> filters = new LinkedHashMap<>();
    filters.put("all=true", event -> true);
    filters.put("users=" + one, event -> names(event, one));
    filters.put("users=" + one + "&users=" + two, event -> names(event, one) || names(event, two));

    ExecutorService threads = Executors.newFixedThreadPool(2 * filters.size() + WRITERS);
    try (TomcatServer server = TomcatServer.start(Map.of("SSE_OUTPUT", output))) {
      Map<String, List<Future<List<String>>>> followers = new LinkedHashMap<>();
      long seed = System.nanoTime();
      for (String filter : filters.keySet()) {
        followers.put(filter, new ArrayList<>());
        for (int follower = 0; follower < 2; follower++) {
          Random random = new Random(seed++);
          followers.get(filter).add(threads.submit(() -> follow(server, filter, random)));
        }
      }
      create(server.api(), threads);
      // every follower's filter matches this event, so it ends all of them
      server.api().create(HttpApi.newStream(one, two).put("reference", LAST));

      List<JsonNode> history = server.api().history();
      assertThat(history).hasSize(CREATES + 1);
      for (Map.Entry<String, Predicate<JsonNode>> filter : filters.entrySet()) {
        List<String> expected =
            history.stream()
                .filter(filter.getValue())
                .map(event -> event.path("seq").asText())
                .toList();
        for (Future<List<String>> follower : followers.get(filter.getKey())) {
          assertThat(follower.get(60, TimeUnit.SECONDS))
              .as("events of %s, seeds up to %d", filter.getKey(), seed)
              .containsExactlyElementsOf(expected);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean names(JsonNode event, String user) {
    return event.at("/data/sender").asText().equals(user)
        || event.at("/data/recipient").asText().equals(user);
  }

  /** The positions a follower got, over as many connections as it took. */
  private static List<String> follow(TomcatServer server, String filter, Random random) {
    List<String> positions = new ArrayList<>();
    String cursor = "0";
    while (true) {
      try (EventStream events = server.events().query(filter).lastEventId(cursor).open()) {
        events.nextConnected();
        int patience = random.nextInt(60);
        for (int i = 0; i <= patience; i++) {
          SseFrame frame = events.nextEvent("stream.created");
          positions.add(frame.position());
          cursor =
              frame.id(); // not that of the latest that has come: it may not have been taken yet
          if (LAST.equals(frame.json().path("reference").asText())) {
            return positions;
          }
        }
      }
    }
  }

  private static void create(HttpApi api, ExecutorService threads) throws Exception {
    AtomicInteger next = new AtomicInteger();
    Callable<Void> writer =
        () -> {
          for (int i = next.getAndIncrement(); i < CREATES; i = next.getAndIncrement()) {
            api.create(
                HttpApi.newStream(
                    TestAddresses.account(i % USERS), TestAddresses.account((i + 2) % USERS)));
          }
          return null;
        };
    List<Future<Void>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(threads.submit(writer));
    }
    for (Future<Void> running : writers) {
      running.get(120, TimeUnit.SECONDS);
    }
  }
}

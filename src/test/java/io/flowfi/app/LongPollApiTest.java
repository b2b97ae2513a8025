package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait for events ({@code wait=}). */
@Timeout(60)
class LongPollApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);
  private static final String CAROL = TestAddresses.account(3);

  @TempDir Path directory;
  private ApiServer server;

  private void start(String... variables) throws Exception {
    Map<String, String> all =
        variables.length == 0
            ? Map.of("RATE_LIMIT", "off")
            : Map.of("RATE_LIMIT", "off", variables[0], variables[1]);
    server = new ApiServer(directory, all);
    assertThat(server.create(ALICE).statusCode()).isEqualTo(201);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private CompletableFuture<HttpResponse<String>> ask(String path, String... headers) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.get(path, headers);
          } catch (Exception e) {
            throw new AssertionError(path, e);
          }
        });
  }

  /** Returns when this many wait. */
  private void awaitWaiting(int count) {
    await().until(() -> server.node.real().longPolls().count() == count);
  }

  private static JsonNode page(CompletableFuture<HttpResponse<String>> answer) throws Exception {
    assertThat(answer.get().statusCode()).as(answer.get().body()).isEqualTo(200);
    return JSON.readTree(answer.get().body());
  }

  private static List<String> places(JsonNode page) {
    return page.path("events").findValuesAsText("seq");
  }

  @Test
  void shouldAnswerWithTheFirstEventThatMatches() throws Exception {
    start();
    var all = ask("/v1/events?after=1&wait=30s");
    var carols = ask("/v1/events?after=1&wait=30&user=" + CAROL);
    var received = ask("/v1/events?after=1&wait=30s&user=" + BOB);
    var paused = ask("/v1/events?after=1&wait=30s&type=stream.paused");
    var third = ask("/v1/events?after=1&wait=30s&stream=3");
    awaitWaiting(5);
    assertThat(JSON.readTree(server.get("/v1/events/stats").body()).path("longPolls").asInt())
        .isEqualTo(5);
    server.create(ALICE); // to Bob
    assertThat(places(page(all))).containsExactly("2");
    assertThat(places(page(received))).containsExactly("2");
    awaitWaiting(3);
    server.create(CAROL);
    assertThat(places(page(carols))).containsExactly("3");
    assertThat(places(page(third))).containsExactly("3");
    awaitWaiting(1);
    assertThat(paused).isNotDone();
    server.node.close(); // answers those who still wait
    JsonNode last = page(paused);
    assertThat(places(last)).isEmpty();
    assertThat(last.path("nextCursor").isTextual()).isTrue();
    assertThat(server.node.real().longPolls().count()).isZero();
  }

  @Test
  void shouldNotWaitWhereThereIsSomething() throws Exception {
    start();
    assertThat(places(page(ask("/v1/events?after=0&wait=30s")))).containsExactly("1");
    assertThat(places(page(ask("/v1/events?after=1&wait=0")))).isEmpty();
  }

  @Test
  void shouldAnswerWithAnEmptyPageInTheEndAndGoOnFromThere() throws Exception {
    start();
    JsonNode nothing = page(ask("/v1/events?after=1&wait=1s"));
    assertThat(places(nothing)).isEmpty();
    assertThat(server.node.real().longPolls().count()).isZero();
    var next = ask("/v1/events?wait=30s&cursor=" + nothing.path("nextCursor").asText());
    awaitWaiting(1);
    server.create(ALICE);
    assertThat(places(page(next))).containsExactly("2");
  }

  @Test
  void shouldGiveEachEventOnceWhileTheyCome() throws Exception {
    start();
    int events = 200;
    var writing =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 1; i < events; i++) {
                  server.create(ALICE);
                }
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    List<String> seen = new ArrayList<>();
    String place = "after=0";
    while (seen.size() < events) {
      JsonNode page = page(ask("/v1/events?wait=30s&" + place));
      seen.addAll(places(page));
      place = "cursor=" + page.path("nextCursor").asText();
    }
    writing.get();
    assertThat(seen)
        .isEqualTo(LongStream.rangeClosed(1, events).mapToObj(String::valueOf).toList());
  }

  @Test
  void shouldRejectMoreThanMayWait() throws Exception {
    start("MAX_SSE_CONNECTIONS_PER_IP", "1");
    var first = ask("/v1/events?after=1&wait=30s");
    awaitWaiting(1);
    HttpResponse<String> second = server.get("/v1/events?after=1&wait=30s");
    assertThat(second.statusCode()).as(second.body()).isEqualTo(429);
    assertThat(second.headers().firstValue("Retry-After")).hasValue("5");
    server.create(ALICE);
    assertThat(places(page(first))).containsExactly("2");
    awaitWaiting(0);
  }

  @Test
  void shouldLetAUserHaveOnlySoManyWaiting() throws Exception {
    server = SecuredServer.start(directory, "MAX_SSE_CONNECTIONS_PER_USER", "1");
    String[] bob = SecuredServer.as(BOB);
    var first = ask("/v1/events?after=0&wait=30s", bob);
    awaitWaiting(1);
    HttpResponse<String> second = server.get("/v1/events?after=0&wait=30s", bob);
    assertThat(second.statusCode()).as(second.body()).isEqualTo(429);
    assertThat(second.body()).contains("this user has as many waiting requests as one may have");
    var others = ask("/v1/events?after=0&wait=30s", SecuredServer.as(CAROL));
    awaitWaiting(2);
    server.post(
        "/v1/streams",
        SecuredServer.stream("1", CAROL, BOB),
        SecuredServer.as(SecuredServer.ADMIN));
    assertThat(places(page(first))).containsExactly("1");
    assertThat(places(page(others))).containsExactly("1");
  }

  /** A token is taken for half a minute longer than it says, for clocks that differ. */
  @Test
  void shouldAnswerWhenTheTokenEnds() throws Exception {
    server = SecuredServer.start(directory);
    String token =
        TestTokens.hs256(
            TestTokens.SECRET,
            SecuredServer.claims(SecuredServer.ALICE, SecuredServer.START.minusSeconds(29))
                .build());
    JsonNode page =
        page(
            ask("/v1/events?after=0&wait=30s", SecuredServer.bearer(token))
                .orTimeout(20, TimeUnit.SECONDS));
    assertThat(places(page)).isEmpty();
  }

  /** Others' events wake nobody who may not see them. */
  @Test
  void shouldWaitOnlyForWhatTheCallerMaySee() throws Exception {
    server = SecuredServer.start(directory);
    var carols = ask("/v1/events?after=0&wait=30s", SecuredServer.as(SecuredServer.CAROL));
    awaitWaiting(1);
    for (String sender : List.of(SecuredServer.ALICE, SecuredServer.CAROL)) {
      String id = sender.equals(SecuredServer.ALICE) ? "1" : "2";
      server.post(
          "/v1/streams",
          SecuredServer.stream(id, sender, SecuredServer.BOB),
          SecuredServer.as(SecuredServer.ADMIN));
    }
    assertThat(places(page(carols))).containsExactly("2");
    HttpResponse<String> others =
        server.get(
            "/v1/events?after=0&wait=30s&user=" + SecuredServer.ALICE,
            SecuredServer.as(SecuredServer.CAROL));
    assertThat(others.statusCode()).isEqualTo(403);
  }

  @Test
  void shouldRejectWhatCannotWait() throws Exception {
    start();
    for (String query :
        List.of(
            "wait=5s",
            "after=1&wait=31s",
            "after=1&wait=1m",
            "after=1&wait=5s&order=desc",
            "after=1&wait=5s&before=9",
            "tail=1&wait=5s")) {
      HttpResponse<String> answer = server.get("/v1/events?" + query);
      assertThat(answer.statusCode()).as(query + answer.body()).isEqualTo(400);
      assertThat(answer.body()).contains("wait");
    }
    assertThat(server.get("/v1/streams/1/events?after=1&wait=5s").statusCode()).isEqualTo(400);
  }
}

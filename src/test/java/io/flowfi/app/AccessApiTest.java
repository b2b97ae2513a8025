package io.flowfi.app;

import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import io.flowfi.simulator.StoredStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of a node with streams of several users, and what is hidden. */
@Timeout(60)
class AccessApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = SecuredServer.ALICE;
  private static final String BOB = SecuredServer.BOB;
  private static final String CAROL = SecuredServer.CAROL;

  @TempDir Path directory;
  private final List<Socket> sockets = new ArrayList<>();
  private ApiServer server;

  /** 1: Alice to Bob; 2: Bob to Carol; 3: Carol to Alice; 9 does not exist. */
  @BeforeEach
  void start() throws Exception {
    server = SecuredServer.start(directory);
    create("1", ALICE, BOB);
    create("2", BOB, CAROL);
    create("3", CAROL, ALICE);
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  private void create(String id, String sender, String recipient) throws Exception {
    HttpResponse<String> created =
        server.post(
            "/v1/streams",
            SecuredServer.stream(id, sender, recipient),
            SecuredServer.as(SecuredServer.ADMIN));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
  }

  private HttpResponse<String> getAs(String account, String path) throws Exception {
    return server.get(path, SecuredServer.as(account));
  }

  private JsonNode jsonAs(String account, String path) throws Exception {
    HttpResponse<String> answer = getAs(account, path);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private List<String> streamsOf(String account, String query) throws Exception {
    return jsonAs(account, "/v1/streams" + query).path("streams").findValuesAsText("streamId");
  }

  private BufferedReader open(String token, String path) throws IOException {
    return open(server, token, path);
  }

  private BufferedReader open(ApiServer at, String token, String path) throws IOException {
    Socket socket =
        at.raw(
            "GET "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + token
                + "\r\n\r\n");
    sockets.add(socket);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    assertThat(in.readLine()).startsWith("HTTP/1.1 200");
    return in;
  }

  /** All lines up to and including the first one that contains this; without chunk sizes. */
  private static List<String> until(BufferedReader in, String part) throws IOException {
    List<String> seen = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      seen.add(line);
      // heartbeats never end; the time-out of the test interrupts
      assertThat(Thread.currentThread().isInterrupted()).as(part + " in " + seen).isFalse();
      if (line.contains(part)) {
        return seen;
      }
    }
    throw new AssertionError("the stream ended without " + part + ": " + seen);
  }

  /** The streams whose events came, up to the event with this reference. */
  private static List<String> streamsUntil(BufferedReader in, String reference) throws Exception {
    List<String> streams = new ArrayList<>();
    for (String line : until(in, reference)) {
      if (line.startsWith("data: ") && line.contains("\"streamId\"")) {
        streams.add(JSON.readTree(line.substring(6)).path("streamId").asText());
      }
    }
    return streams;
  }

  private void topUp(String id, String reference) throws Exception {
    HttpResponse<String> answer =
        server.post(
            "/v1/streams/" + id + "/top-up",
            "{\"amount\":\"1\",\"reference\":\"" + reference + "\"}",
            SecuredServer.as(SecuredServer.ADMIN));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void shouldListOwnStreamsOnly() throws Exception {
    assertThat(streamsOf(ALICE, "")).containsExactly("3", "1");
    assertThat(streamsOf(ALICE, "?order=asc")).containsExactly("1", "3");
    assertThat(streamsOf(ALICE, "?sender=" + ALICE)).containsExactly("1");
    assertThat(streamsOf(ALICE, "?recipient=" + ALICE)).containsExactly("3");
    assertThat(streamsOf(ALICE, "?sender=" + CAROL)).containsExactly("3");
    assertThat(streamsOf(ALICE, "?sender=" + BOB)).isEmpty();
    assertThat(streamsOf(ALICE, "?sender=" + BOB + "&recipient=" + CAROL)).isEmpty();
    assertThat(streamsOf(ALICE, "?status=PAUSED")).isEmpty();
    topUp("1", "now the latest");
    assertThat(streamsOf(ALICE, "?sort=updated")).containsExactly("1", "3");
    assertThat(streamsOf(SecuredServer.ADMIN, "")).containsExactly("3", "2", "1");
    // a stream to oneself comes once
    create("4", ALICE, ALICE);
    assertThat(streamsOf(ALICE, "")).containsExactly("4", "3", "1");
  }

  @Test
  void shouldPageThroughOwnStreams() throws Exception {
    for (int id = 10; id < 30; id++) {
      create(String.valueOf(id), id % 2 == 0 ? ALICE : BOB, id % 3 == 0 ? ALICE : CAROL);
    }
    List<String> whole = streamsOf(ALICE, "?limit=100");
    List<String> paged = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = jsonAs(ALICE, "/v1/streams?limit=3" + cursor);
      paged.addAll(page.path("streams").findValuesAsText("streamId"));
      cursor =
          page.path("hasMore").asBoolean() ? "&cursor=" + page.path("nextCursor").asText() : "";
    } while (!cursor.isEmpty());
    assertThat(paged).isEqualTo(whole).hasSize(15);
    assertThat(paged).doesNotContain("2");
  }

  @Test
  void shouldShowOwnHistoryOnly() throws Exception {
    JsonNode mine = jsonAs(ALICE, "/v1/events");
    assertThat(mine.path("total").asInt()).isEqualTo(2);
    assertThat(mine.path("events").findValuesAsText("streamId")).containsExactly("3", "1");
    assertThat(jsonAs(ALICE, "/v1/events?user=" + ALICE)).isEqualTo(mine);
    assertThat(jsonAs(ALICE, "/v1/events?stream=3").path("total").asInt()).isEqualTo(1);
    assertThat(jsonAs(ALICE, "/v1/events?type=stream.created&limit=1").path("total").asInt())
        .isEqualTo(2);
    assertThat(jsonAs(SecuredServer.ADMIN, "/v1/events").path("total").asInt()).isEqualTo(3);
    assertThat(jsonAs(SecuredServer.ADMIN, "/v1/events?user=" + BOB).path("total").asInt())
        .isEqualTo(2);
  }

  /** Everything else that the request asks for applies to what is the caller's own. */
  @Test
  void shouldShowThePartOfTheOwnHistoryThatIsAskedFor() throws Exception {
    for (String stream : List.of("1", "2", "3", "1")) {
      topUp(stream, "part"); // 4 to 7
    }
    assertThat(placesOf(ALICE, "")).containsExactly("7", "6", "4", "3", "1");
    assertThat(placesOf(ALICE, "?type=stream.topped_up")).containsExactly("7", "6", "4");
    assertThat(placesOf(ALICE, "?after=3")).containsExactly("7", "6", "4");
    assertThat(placesOf(ALICE, "?before=6")).containsExactly("4", "3", "1");
    assertThat(placesOf(ALICE, "?order=asc&limit=2")).containsExactly("1", "3");
    assertThat(placesOf(ALICE, "?limit=2&offset=1")).containsExactly("6", "4");
    assertThat(placesOf(ALICE, "?limit=2&page=2")).containsExactly("4", "3");
    assertThat(placesOf(ALICE, "?tail=2")).containsExactly("6", "7");
  }

  /** Newest first down to a position, then on with what has come meanwhile. */
  @Test
  void shouldGoOnInTheOwnHistoryWithoutLossOrRepetition() throws Exception {
    topUp("3", "a"); // 4
    topUp("1", "b"); // 5
    JsonNode page = jsonAs(ALICE, "/v1/events?after=1&limit=2");
    assertThat(page.path("events").findValuesAsText("seq")).containsExactly("5", "4");
    topUp("2", "of others"); // 6
    topUp("3", "c"); // 7
    page = jsonAs(ALICE, "/v1/events?after=1&limit=2&cursor=" + page.path("nextCursor").asText());
    assertThat(page.path("events").findValuesAsText("seq")).containsExactly("3");
    String next = page.path("nextCursor").asText();
    assertThat(placesOf(ALICE, "?cursor=" + next)).containsExactly("7");
  }

  /** The same address has other events for another caller. */
  @Test
  void shouldTagThePagesOfCallersDifferently() throws Exception {
    topUp("1", "of both"); // 4
    String path = "/v1/events?before=5";
    assertThat(placesOf(ALICE, "?before=5")).containsExactly("4", "3", "1");
    assertThat(placesOf(BOB, "?before=5")).containsExactly("4", "2", "1");
    String tag = getAs(ALICE, path).headers().firstValue("ETag").orElseThrow();
    assertThat(getAs(BOB, path).headers().firstValue("ETag").orElseThrow()).isNotEqualTo(tag);
    String[] bob = SecuredServer.as(BOB);
    assertThat(server.get(path, bob[0], bob[1], "If-None-Match", tag).statusCode()).isEqualTo(200);
    String[] alice = SecuredServer.as(ALICE);
    assertThat(server.get(path, alice[0], alice[1], "If-None-Match", tag).statusCode())
        .isEqualTo(304);
  }

  private List<String> placesOf(String account, String query) throws Exception {
    return jsonAs(account, "/v1/events" + query).path("events").findValuesAsText("seq");
  }

  @Test
  void shouldNameTheFilterThatIsNotTheCallers() throws Exception {
    Map<String, String> requests =
        Map.of(
            "/v1/events?stream=2",
            "stream=2 is not yours to see",
            "/v1/events?user=" + BOB,
            "user=" + BOB + " is not yours to see",
            "/v1/events?address=" + BOB,
            "user=" + BOB + " is not yours to see",
            "/v1/events/subscribe?streams=2",
            "streams=2 is not yours to see",
            "/v1/events/subscribe?streams=1,2&streams=3",
            "streams=2 is not yours to see",
            "/v1/events/subscribe?all=true&streams=2",
            "streams=2 is not yours to see",
            "/v1/events/subscribe?users=" + BOB,
            "users=" + BOB + " is not yours to see",
            "/v1/users/" + BOB + "/summary",
            "key=" + BOB + " is not yours to see",
            "/v1/users/" + BOB + "/events",
            "key=" + BOB + " is not yours to see");
    for (Map.Entry<String, String> request : requests.entrySet()) {
      HttpResponse<String> answer = server.opened(request.getKey(), SecuredServer.as(ALICE));
      assertThat(answer.statusCode()).as(request.getKey()).isEqualTo(403);
      JsonNode problem = JSON.readTree(answer.body());
      assertThat(problem.path("detail").asText()).isEqualTo(request.getValue());
      assertThat(problem.path("errors")).hasSize(1);
    }
    JsonNode several =
        JSON.readTree(
            server
                .opened(
                    "/v1/events/subscribe?streams=1,2,9&users=" + ALICE + "," + BOB,
                    SecuredServer.as(ALICE))
                .body());
    assertThat(several.path("errors").findValuesAsText("message"))
        .containsExactlyInAnyOrder(
            "streams=2 is not yours to see",
            "streams=9 is not yours to see",
            "users=" + BOB + " is not yours to see");
  }

  /** Status and text without the id: stream 2 (Bob's) and 9 (unknown) must look the same. */
  private List<Object> shape(String method, String path, String body, String... more)
      throws Exception {
    List<Object> shapes = new ArrayList<>();
    for (String id : List.of("2", "9")) {
      List<String> headers = new ArrayList<>(List.of(SecuredServer.as(ALICE)));
      headers.addAll(List.of(more));
      if (body != null) {
        headers.addAll(List.of("Content-Type", "application/json"));
      }
      HttpResponse<String> answer =
          server.send(method, path.replace("#", id), body, headers.toArray(String[]::new));
      shapes.add(
          answer.statusCode()
              + " "
              + answer
                  .body()
                  .replace("/" + id, "/#")
                  .replace("stream " + id, "stream #")
                  .replace("=" + id, "=#")
              + answer.headers().firstValue("ETag")
              + answer.headers().firstValue("Idempotency-Replayed"));
    }
    return shapes;
  }

  @Test
  void shouldAnswerAlikeForAnUnknownStreamAndAnothers() throws Exception {
    List<List<Object>> all = new ArrayList<>();
    for (String path :
        List.of(
            "/v1/streams/#",
            "/v1/streams/#/claimable?at=5",
            "/v1/streams/#/events?limit=3",
            "/v1/events?stream=#",
            "/v1/events/subscribe?streams=#",
            "/v1/events/subscribe?streams=#&snapshot=true&lastEventId=1")) {
      all.add(shape("GET", path, null));
    }
    for (String verb : List.of("pause", "resume", "cancel", "withdraw", "top-up")) {
      String path = "/v1/streams/#/" + verb;
      String body = verb.equals("top-up") ? "{\"amount\":\"1\"}" : "{}";
      all.add(shape("POST", path, body));
      all.add(shape("POST", path, body, "If-Match", "\"1\""));
      all.add(shape("POST", path, body, "If-Match", "\"77\""));
      all.add(shape("POST", path, body, "Idempotency-Key", "k-" + verb));
      all.add(shape("POST", path, body, "Idempotency-Key", "k-" + verb));
    }
    for (List<Object> shapes : all) {
      assertThat(shapes.get(0)).isEqualTo(shapes.get(1));
      assertThat(shapes.get(0).toString()).matches("(?s)(404|403) .*");
    }
    // a key that was used for an own stream reveals nothing either
    assertThat(
            server
                .post(
                    "/v1/streams/1/pause",
                    "",
                    "Authorization",
                    "Bearer " + SecuredServer.token(ALICE),
                    "Idempotency-Key",
                    "mine")
                .statusCode())
        .isEqualTo(200);
    List<Object> reused = shape("POST", "/v1/streams/#/pause", "{}", "Idempotency-Key", "mine");
    assertThat(reused.get(0)).isEqualTo(reused.get(1));
  }

  @Test
  void shouldLetEachPartyDoItsPart() throws Exception {
    String[] alice = SecuredServer.as(ALICE);
    String[] bob = SecuredServer.as(BOB);
    for (String verb : List.of("pause", "resume", "top-up", "cancel")) {
      String body = verb.equals("top-up") ? "{\"amount\":\"1\"}" : "";
      HttpResponse<String> refused = server.post("/v1/streams/1/" + verb, body, bob);
      assertThat(refused.statusCode()).as(verb).isEqualTo(403);
      assertThat(refused.body()).contains("only the sender of stream 1 may do this");
      if (verb.equals("cancel")) {
        assertThat(server.post("/v1/streams/1/withdraw", "", alice).body())
            .contains("only the recipient of stream 1 may do this");
        assertThat(server.post("/v1/streams/1/withdraw", "", bob).statusCode()).isEqualTo(200);
      }
      assertThat(server.post("/v1/streams/1/" + verb, body, alice).statusCode()).isEqualTo(200);
    }
    // sender and recipient in one
    create("4", ALICE, ALICE);
    assertThat(server.post("/v1/streams/4/withdraw", "", alice).statusCode()).isEqualTo(200);
    assertThat(server.post("/v1/streams/4/pause", "", alice).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldKeepTheIdempotencyKeysOfCallersApart() throws Exception {
    String alice = "Bearer " + SecuredServer.token(ALICE);
    String carol = "Bearer " + SecuredServer.token(CAROL);
    String[] headers = {"Idempotency-Key", "same", "Authorization", alice};
    HttpResponse<String> first = server.post("/v1/streams/1/pause", "", headers);
    assertThat(first.statusCode()).isEqualTo(200);
    HttpResponse<String> replayed = server.post("/v1/streams/1/pause", "", headers);
    assertThat(replayed.headers().firstValue("Idempotency-Replayed")).hasValue("true");
    assertThat(replayed.body()).isEqualTo(first.body());
    headers[3] = carol;
    HttpResponse<String> others = server.post("/v1/streams/3/pause", "", headers);
    assertThat(others.statusCode()).isEqualTo(200);
    assertThat(others.headers().firstValue("Idempotency-Replayed")).isEmpty();
  }

  @Test
  void shouldTakeAllForAllOfMine() throws Exception {
    BufferedReader in = open(SecuredServer.token(ALICE), "/v1/events/subscribe?all=true&streams=1");
    until(in, "connected");
    topUp("2", "not for Alice");
    topUp("1", "first");
    create("5", BOB, CAROL);
    create("6", BOB, ALICE); // a stream that is created later
    topUp("3", "last");
    assertThat(streamsUntil(in, "\"reference\":\"last\"")).containsExactly("1", "6", "3");
  }

  @Test
  void shouldReplayOwnEventsOnly() throws Exception {
    topUp("2", "not for Alice");
    topUp("3", "last");
    for (String filter : List.of("all=true", "users=" + ALICE, "streams=1,3")) {
      BufferedReader in =
          open(SecuredServer.token(ALICE), "/v1/events/subscribe?lastEventId=0&" + filter);
      assertThat(streamsUntil(in, "\"reference\":\"last\"")).containsExactly("1", "3", "3");
    }
    BufferedReader in =
        open(SecuredServer.token(CAROL, "admin"), "/v1/events/subscribe?lastEventId=0&all=true");
    assertThat(streamsUntil(in, "\"reference\":\"last\"")).containsExactly("1", "2", "3", "2", "3");
  }

  /** All tabs of a browser share the cookie: one of them may have signed in as another account. */
  @Test
  void shouldDoNothingForAnotherAccountThanARequestIsMeantFor() throws Exception {
    String[] alices = {
      SecuredServer.as(ALICE)[0], SecuredServer.as(ALICE)[1], "FlowFi-Account", BOB
    };
    for (HttpResponse<String> refused :
        List.of(
            server.post("/v1/streams/1/cancel", "", alices),
            server.get("/v1/streams/1", alices),
            server.send("DELETE", "/v1/auth", null, alices),
            server.post("/v1/auth/ticket", "", alices),
            getAs(ALICE, "/v1/events/subscribe?all=true&account=" + BOB))) {
      assertThat(refused.statusCode()).as(refused.request().uri().getPath()).isEqualTo(409);
      assertThat(JSON.readTree(refused.body()).path("detail").asText())
          .contains("another account")
          .contains(ALICE);
      assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
    }
    alices[3] = ALICE;
    assertThat(server.get("/v1/streams/1", alices).statusCode()).isEqualTo(200);
    assertThat(server.send("DELETE", "/v1/auth", null, alices).statusCode()).isEqualTo(204);
    assertThat(server.get("/v1/streams/1", "FlowFi-Account", ALICE).statusCode()).isEqualTo(401);
  }

  @Test
  void shouldTellAClientWhoItIs() throws Exception {
    BufferedReader in =
        open(SecuredServer.token(ALICE), "/v1/events/subscribe?all=true&account=" + ALICE);
    List<String> words = until(in, "connected");
    assertThat(words.get(words.size() - 1)).contains("\"account\":\"" + ALICE + "\",\"log\":\"");
  }

  @Test
  void shouldSendTheStateOfOwnStreamsOnly() throws Exception {
    BufferedReader in =
        open(SecuredServer.token(ALICE), "/v1/events/subscribe?snapshot=true&all=true");
    List<String> states = new ArrayList<>();
    for (String line : until(in, "id: 3")) {
      if (line.startsWith("data: ") && line.contains("\"status\"")) {
        states.add(JSON.readTree(line.substring(6)).path("streamId").asText());
      }
    }
    assertThat(states).containsExactly("1", "3");
  }

  @Test
  void shouldEndAnOpenStreamWithItsToken() throws Exception {
    // clocks may differ by thirty seconds, so two are left
    String token =
        TestTokens.hs256(
            TestTokens.SECRET,
            SecuredServer.claims(ALICE, SecuredServer.START.minusSeconds(28)).build());
    BufferedReader brief = open(token, "/v1/events/subscribe?all=true");
    BufferedReader lasting = open(SecuredServer.token(BOB), "/v1/events/subscribe?all=true");
    until(brief, "connected");
    until(lasting, "connected");
    topUp("1", "still");
    until(brief, "\"reference\":\"still\"");
    List<String> end = until(brief, "\"reason\":\"token_expired\"");
    assertThat(end).contains("event: reconnect");
    until(brief, "id: 4");
    topUp("1", "no more");
    // only the last chunk of the answer follows, which has no length
    assertThat(until(brief, "0")).allMatch(line -> line.isEmpty() || line.equals("0"));
    assertThat(until(lasting, "\"reference\":\"no more\"")).doesNotContain("event: reconnect");
    server.advance(Duration.ofSeconds(2));
    assertThat(server.get("/v1/events/stats", SecuredServer.bearer(token)).statusCode())
        .isEqualTo(401);
  }

  @Test
  void shouldEndAStreamThatWasOpenedWithATicketTogetherWithTheToken() throws Exception {
    String token =
        TestTokens.hs256(
            TestTokens.SECRET,
            SecuredServer.claims(ALICE, SecuredServer.START.minusSeconds(28)).build());
    String ticket =
        JSON.readTree(server.post("/v1/auth/ticket", "", SecuredServer.bearer(token)).body())
            .path("ticket")
            .asText();
    Socket socket =
        server.raw(
            "GET /v1/events/subscribe?all=true&ticket="
                + ticket
                + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    sockets.add(socket);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    assertThat(in.readLine()).startsWith("HTTP/1.1 200");
    until(in, "\"reason\":\"token_expired\"");
  }

  @Test
  void shouldEndAStreamOfTheChainThatWasGivenToOthers(@TempDir Path following) throws Exception {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(tx(streamCreated(7, ALICE, BOB, EveryEvent.TOKEN, 10, 10_000, 1_790_000_000)));
    try (SimulatedRpc rpc = new SimulatedRpc(chain);
        ApiServer node =
            SecuredServer.start(
                following,
                "STREAM_CONTRACT_ID",
                chain.contractId(),
                "SOROBAN_RPC_URL",
                rpc.url().toString())) {
      await()
          .until(
              () -> {
                node.advance(Duration.ofSeconds(1));
                return node.get("/v1/streams/7", SecuredServer.as(BOB)).statusCode() == 200;
              });
      String path = "/v1/events/subscribe?streams=7";
      BufferedReader alice = open(node, SecuredServer.token(ALICE), path);
      BufferedReader bob = open(node, SecuredServer.token(BOB), path);
      BufferedReader admin = open(node, SecuredServer.token(SecuredServer.ADMIN), path);
      for (BufferedReader client : List.of(alice, bob, admin)) {
        until(client, "connected");
      }
      CompletableFuture<HttpResponse<String>> waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return node.get("/v1/events?stream=7&after=1&wait=30s", SecuredServer.as(BOB));
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      await().until(() -> node.node.real().longPolls().count() == 1);
      BigInteger id = BigInteger.valueOf(7);
      chain.store(id, chain.stream(id).map(stored -> to(CAROL, stored)));
      HttpResponse<String> repaired =
          node.post("/v1/admin/indexer/reconcile/7", "", SecuredServer.as(SecuredServer.ADMIN));
      assertThat(repaired.statusCode()).as(repaired.body()).isEqualTo(200);

      until(alice, "event: stream.reconciled");
      until(admin, "event: stream.reconciled");
      assertThat(until(bob, "\"reason\":\"rotation\"")).doesNotContain("event: stream.reconciled");
      assertThat(waiting.get().statusCode()).as(waiting.get().body()).isEqualTo(403);
      for (String former :
          List.of(
              path,
              path + "&lastEventId=0",
              "/v1/events?stream=7",
              "/v1/events?stream=7&after=0&wait=1s")) {
        assertThat(node.get(former, SecuredServer.as(BOB)).statusCode()).as(former).isEqualTo(403);
      }
      until(open(node, SecuredServer.token(CAROL), path), "connected");
    }
  }

  private static StoredStream to(String recipient, StoredStream stored) {
    return new StoredStream(
        stored.sender(),
        recipient,
        stored.token(),
        stored.rate(),
        stored.deposited(),
        stored.withdrawn(),
        stored.startTime(),
        stored.lastUpdateTime(),
        stored.active(),
        stored.paused(),
        stored.pausedAt(),
        stored.status());
  }

  @Test
  void shouldShowTotalsToEveryKnownCaller() throws Exception {
    ObjectNode stats = (ObjectNode) jsonAs(ALICE, "/v1/events/stats");
    assertThat(stats.path("head").asLong()).isEqualTo(3);
    assertThat(stats.toString()).doesNotContain(ALICE, BOB, CAROL);
  }

  @Test
  void shouldLetASenderRegisterOnlyWhatItPaysAndLeaveTheIdToTheServer() throws Exception {
    String chosen = SecuredServer.stream("9", ALICE, BOB);
    HttpResponse<String> refused = server.post("/v1/streams", chosen, SecuredServer.as(ALICE));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("leave it out");
    // the same text for an id that is taken
    HttpResponse<String> taken =
        server.post("/v1/streams", SecuredServer.stream("1", ALICE, BOB), SecuredServer.as(ALICE));
    assertThat(taken.statusCode()).isEqualTo(403);
    String own = chosen.replace("\"streamId\": \"9\", ", "");
    HttpResponse<String> created = server.post("/v1/streams", own, SecuredServer.as(ALICE));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(JSON.readTree(created.body()).path("sender").asText()).isEqualTo(ALICE);
    for (String other : List.of(BOB, CAROL)) {
      assertThat(server.post("/v1/streams", own, SecuredServer.as(other)).statusCode())
          .isEqualTo(403);
    }
  }

  /** There a payment begins on chain: a stream that a user only registers would look like one. */
  @Test
  void shouldLetNoSenderRegisterWhereAContractIsFollowed(@TempDir Path following) throws Exception {
    String own = SecuredServer.stream("9", ALICE, BOB).replace("\"streamId\": \"9\", ", "");
    try (ApiServer chain =
        SecuredServer.start(following, "STREAM_CONTRACT_ID", TestAddresses.contract(7))) {
      assertThat(chain.post("/v1/streams", own, SecuredServer.as(ALICE)).statusCode())
          .isEqualTo(403);
      assertThat(chain.post("/v1/streams", own, SecuredServer.as(SecuredServer.ADMIN)).statusCode())
          .isEqualTo(201);
      // a claim: the chain may give it other parties, so nobody follows it by its id alone
      String claim = SecuredServer.stream("9", ALICE, BOB);
      assertThat(
              chain.post("/v1/streams", claim, SecuredServer.as(SecuredServer.ADMIN)).statusCode())
          .isEqualTo(201);
      assertThat(chain.get("/v1/streams/9", SecuredServer.as(ALICE)).statusCode()).isEqualTo(200);
      HttpResponse<String> refused =
          chain.get("/v1/events/subscribe?streams=9", SecuredServer.as(ALICE));
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("stream 9 is a claim");
      assertThat(chain.post("/v1/streams/9/pause", "", SecuredServer.as(ALICE)).statusCode())
          .isEqualTo(409);
    }
  }
}

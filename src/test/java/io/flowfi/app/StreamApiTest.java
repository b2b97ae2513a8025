package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.it.EventStream;
import io.flowfi.it.TestAddresses;
import io.flowfi.sse.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** Commands and reads as a client makes them, over the real ledger. */
@Timeout(60)
class StreamApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);
  private static final String CAROL = TestAddresses.account(3);

  @TempDir Path directory;
  private ApiServer server;

  @BeforeEach
  void start() {
    server = new ApiServer(directory, Map.of());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static ObjectNode stream(String sender, String recipient) {
    return JSON.createObjectNode()
        .put("sender", sender)
        .put("recipient", recipient)
        .put("tokenAddress", TestAddresses.contract(0))
        .put("ratePerSecond", "10")
        .put("depositedAmount", "1000")
        .put("startTime", ApiServer.START.getEpochSecond());
  }

  private String create(String sender, String recipient) throws Exception {
    HttpResponse<String> created = server.post("/v1/streams", stream(sender, recipient).toString());
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return json(created).path("streamId").asText();
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body());
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse(null);
  }

  @Test
  void shouldCreateAStreamAndSayWhereItIs() throws Exception {
    HttpResponse<String> created =
        server.post(
            "/v1/streams", stream(ALICE, BOB).put("streamId", "18446744073709551615").toString());

    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(header(created, "Content-Type")).startsWith("application/json");
    assertThat(header(created, "Cache-Control")).isEqualTo("no-store, no-transform");
    assertThat(header(created, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(created, "ETag")).isEqualTo("\"1\"");
    assertThat(header(created, "Location")).isEqualTo("/v1/streams/18446744073709551615");
    assertThat(json(created))
        .isEqualTo(
            JSON.readTree(
                """
                {"streamId": "18446744073709551615", "sender": "%s", "recipient": "%s",
                 "tokenAddress": "%s", "ratePerSecond": "10", "depositedAmount": "1000",
                 "withdrawnAmount": "0", "startTime": 1800000000, "endTime": 1800000100,
                 "lastUpdateTime": 1800000000, "status": "ACTIVE", "pausedAt": null,
                 "totalPausedDuration": 0, "claimableAmount": "0", "version": 1, "origin": "api",
                 "events": [{"seq": 1, "type": "stream.created"}]}
                """
                    .formatted(ALICE, BOB, TestAddresses.contract(0))));

    HttpResponse<String> read = server.get("/v1/streams/18446744073709551615");
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(header(read, "ETag")).isEqualTo("\"1\"");
    ObjectNode expected = (ObjectNode) json(created);
    expected.remove("events");
    assertThat(json(read)).isEqualTo(expected);
  }

  @Test
  void shouldTakeTheLargestOfEverythingThatIsLimited() throws Exception {
    String largest =
        stream(ALICE, BOB)
            .put("streamId", 9_007_199_254_740_991L)
            .put("reference", "r".repeat(64))
            .toString();
    HttpResponse<String> created =
        server.send(
            "POST",
            "/v1/streams",
            largest,
            "Content-Type",
            "application/json",
            "Idempotency-Key",
            "k".repeat(255));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(json(created).path("streamId").asText()).isEqualTo("9007199254740991");
  }

  @Test
  void shouldTakeAStreamThroughItsLife() throws Exception {
    String id = create(ALICE, BOB);
    server.advance(Duration.ofSeconds(30));
    assertThat(json(server.get("/v1/streams/" + id)).path("claimableAmount").asText())
        .isEqualTo("300");

    JsonNode toppedUp =
        json(
            server.post(
                "/v1/streams/" + id + "/top-up", "{\"amount\":\"500\",\"reference\":\"März\"}"));
    assertThat(toppedUp.path("depositedAmount").asText()).isEqualTo("1500");
    assertThat(toppedUp.path("endTime").asLong()).isEqualTo(1_800_000_150L);

    JsonNode withdrawn =
        json(server.post("/v1/streams/" + id + "/withdraw", "{\"amount\":\"100\"}"));
    assertThat(withdrawn.path("withdrawnAmount").asText()).isEqualTo("100");
    assertThat(withdrawn.path("claimableAmount").asText()).isEqualTo("200");

    JsonNode paused = json(server.post("/v1/streams/" + id + "/pause", ""));
    assertThat(paused.path("status").asText()).isEqualTo("PAUSED");
    assertThat(paused.path("endTime").isNull()).isTrue();
    assertThat(paused.path("pausedAt").asLong()).isEqualTo(1_800_000_030L);

    server.advance(Duration.ofSeconds(1000));
    HttpResponse<String> refused = server.post("/v1/streams/" + id + "/withdraw", "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(json(refused).path("detail").asText()).contains("stream " + id, "PAUSED");

    assertThat(
            json(server.post("/v1/streams/" + id + "/resume", "{}"))
                .path("totalPausedDuration")
                .asLong())
        .isEqualTo(1000);
    server.advance(Duration.ofSeconds(120));
    JsonNode drained = json(server.post("/v1/streams/" + id + "/withdraw", ""));
    assertThat(drained.path("status").asText()).isEqualTo("COMPLETED");
    assertThat(drained.path("events").findValuesAsText("type"))
        .containsExactly("stream.withdrawn", "stream.completed");
    assertThat(drained.path("version").asLong()).isEqualTo(7);

    assertThat(server.post("/v1/streams/" + id + "/cancel", "").statusCode()).isEqualTo(409);
  }

  @Test
  void shouldCancelWithABodyThatHasNoContentType() throws Exception {
    String id = create(ALICE, BOB);
    HttpResponse<String> cancelled = server.send("POST", "/streams/" + id + "/cancel", null);
    assertThat(cancelled.statusCode()).isEqualTo(200);
    assertThat(json(cancelled).path("status").asText()).isEqualTo("CANCELLED");
  }

  /** As some proxies send it. */
  @Test
  void shouldNotCareForTheTypeOfAnEmptyBodyInChunks() throws Exception {
    String id = create(ALICE, BOB);
    String pause =
        "POST /v1/streams/"
            + id
            + "/pause HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    try (RawClient client = new RawClient(server.raw(pause))) {
      client.readHead();
      assertThat(client.status()).isEqualTo(200);
    }
  }

  /** Nothing reads the query, and without an amount a withdrawal takes everything. */
  @ParameterizedTest
  @ValueSource(strings = {"withdraw?amount=5", "cancel?dry-run=true", "pause?reference=a"})
  void shouldRefuseACommandThatSaysSomethingInItsQuery(String command) throws Exception {
    String id = create(ALICE, BOB);
    server.advance(Duration.ofSeconds(30));
    HttpResponse<String> refused = server.post("/v1/streams/" + id + "/" + command, "");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("what it says is in its body");
    assertThat(json(server.get("/v1/streams/" + id)).path("version").asInt()).isEqualTo(1);
    assertThat(server.post("/v1/streams/" + id + "/withdraw?_=1", "").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldNotCareForTheTypeOfAnEmptyBody() throws Exception {
    String id = create(ALICE, BOB);
    // what curl -d '' sends
    HttpResponse<String> paused =
        server.send(
            "POST",
            "/v1/streams/" + id + "/pause",
            "",
            "Content-Type",
            "application/x-www-form-urlencoded");
    assertThat(paused.statusCode()).as(paused.body()).isEqualTo(200);
    assertThat(server.get("/v1/streams/" + id, "Content-Type", "text/plain").statusCode())
        .isEqualTo(200);
  }

  @Test
  void shouldAnswerARepeatedRequestWithTheSameBytesAndNoSecondEvent() throws Exception {
    String body = stream(ALICE, BOB).toString();
    HttpResponse<String> first = server.post("/v1/streams", body, "Idempotency-Key", "invoice 7");
    server.advance(Duration.ofSeconds(50));
    ObjectNode reordered = JSON.createObjectNode();
    List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(stream(ALICE, BOB).properties());
    for (int i = fields.size() - 1; i >= 0; i--) {
      reordered.set(fields.get(i).getKey(), fields.get(i).getValue());
    }
    HttpResponse<String> second =
        server.post("/streams", reordered.toPrettyString(), "Idempotency-Key", "invoice 7");

    assertThat(header(first, "Idempotency-Replayed")).isNull();
    assertThat(header(second, "Idempotency-Replayed")).isEqualTo("true");
    assertThat(second.statusCode()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(header(second, "Location")).isEqualTo(header(first, "Location"));
    assertThat(json(server.get("/v1/events")).path("total").asLong()).isEqualTo(1);

    HttpResponse<String> other =
        server.post("/v1/streams", stream(ALICE, CAROL).toString(), "Idempotency-Key", "invoice 7");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(json(other).path("title").asText()).isEqualTo("Unprocessable Content");
  }

  /** The first answer is to a command that was to run under another condition. */
  @Test
  void shouldNotRepeatAnAnswerForAnotherCondition() throws Exception {
    String pause = "/v1/streams/" + create(ALICE, BOB) + "/pause";
    String[] first = {"Idempotency-Key", "stop", "If-Match", "\"1\""};
    assertThat(server.post(pause, "", first).statusCode()).isEqualTo(200);
    HttpResponse<String> again = server.post(pause, "", first);
    assertThat(header(again, "Idempotency-Replayed")).isEqualTo("true");
    for (String[] other :
        new String[][] {
          {"Idempotency-Key", "stop", "If-Match", "\"2\""}, {"Idempotency-Key", "stop"}
        }) {
      assertThat(server.post(pause, "", other).statusCode()).isEqualTo(422);
    }
  }

  /** As after a downgrade. The store works, and so do all other commands. */
  @Test
  void shouldFailTheOneCommandWhoseStoredAnswerCannotBeRead() throws Exception {
    String body = stream(ALICE, BOB).toString();
    server.post("/v1/streams", body, "Idempotency-Key", "invoice 7");
    server.close();
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    try (Connection connection = file.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE idempotency_keys SET answer = '{\"of\":\"later\"}'");
    }
    server = new ApiServer(directory, Map.of());

    HttpResponse<String> undecided =
        server.post("/v1/streams", body, "Idempotency-Key", "invoice 7");
    assertThat(undecided.statusCode()).as(undecided.body()).isEqualTo(500);
    assertThat(header(undecided, "Retry-After")).as("it would be the same again").isNull();
    assertThat(server.post("/v1/streams", body).statusCode()).isEqualTo(201);
    assertThat(server.node.troubles()).isEmpty();
  }

  @Test
  void shouldHoldACommandToTheVersionItExpects() throws Exception {
    String pause = "/v1/streams/" + create(ALICE, BOB) + "/pause";
    HttpResponse<String> stale = server.post(pause, "", "If-Match", "\"2\"");
    assertThat(stale.statusCode()).isEqualTo(412);
    assertThat(json(stale).path("detail").asText()).contains("version 1");
    assertThat(server.post(pause, "", "If-Match", "\"1\"").statusCode()).isEqualTo(200);
    String resume = pause.replace("pause", "resume");
    assertThat(server.post(resume, "", "If-Match", "2").statusCode()).isEqualTo(200);
    assertThat(server.post(pause, "", "If-Match", "*").statusCode()).isEqualTo(200);
    // a tag that is not a version never matches (RFC 9110, 13.1.1)
    assertThat(server.post(resume, "", "If-Match", "\"4-x\"").statusCode()).isEqualTo(412);
    assertThat(server.post(resume, "", "If-Match", "W/\"3\"").statusCode()).isEqualTo(412);
    assertThat(server.post(resume, "", "If-Match", "\"-gzip\"").statusCode()).isEqualTo(412);
    assertThat(server.post(resume, "", "If-Match", "\"a,4\"").statusCode()).isEqualTo(412);
    assertThat(server.post(resume, "", "If-Match", "\"1\", \"3\"").statusCode()).isEqualTo(412);
    assertThat(server.post(resume, "", "If-Match", "\"1\" ,W/\"x\", \"4\"").statusCode())
        .isEqualTo(200);
    assertThat(server.post("/v1/streams/99/pause", "", "If-Match", "*").statusCode())
        .isEqualTo(404);
  }

  @Test
  void shouldPageThroughStreamsWithoutLossWhileNewOnesCome() throws Exception {
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      created.add(create(ALICE, i % 2 == 0 ? BOB : CAROL));
    }
    List<String> seen = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = json(server.get("/v1/streams?limit=3&order=asc&sender=" + ALICE + next));
      page.path("streams").findValuesAsText("streamId").forEach(seen::add);
      assertThat(page.path("limit").asInt()).isEqualTo(3);
      assertThat(page.path("nextCursor").isTextual()).isTrue();
      next =
          page.path("hasMore").asBoolean() ? "&cursor=" + page.path("nextCursor").asText() : null;
    } while (next != null);
    assertThat(seen).isEqualTo(created);

    server.post("/v1/streams/" + created.get(1) + "/pause", "");
    assertThat(ids("/v1/streams?status=PAUSED")).containsExactly(created.get(1));
    assertThat(ids("/v1/streams?status=paused&recipient=" + BOB)).isEmpty();
    assertThat(ids("/v1/streams?recipient=" + BOB)).hasSize(4);
    assertThat(ids("/v1/streams?token=" + TestAddresses.contract(1))).isEmpty();
    assertThat(ids("/v1/streams?sort=updated&limit=1")).containsExactly(created.get(1));
    assertThat(ids("/v1/streams?limit=1")).containsExactly(created.get(6));
    assertThat(ids("/v1/streams?limit=2&offset=1")).containsExactly(created.get(5), created.get(4));
  }

  private List<String> ids(String path) throws Exception {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer).path("streams").findValuesAsText("streamId");
  }

  @Test
  void shouldTellWhatIsClaimableAtAnyTime() throws Exception {
    String id = create(ALICE, BOB);
    server.advance(Duration.ofSeconds(10));
    JsonNode now = json(server.get("/v1/streams/" + id + "/claimable"));
    assertThat(now.path("claimableAmount").asText()).isEqualTo("100");
    assertThat(now.path("at").asLong()).isEqualTo(1_800_000_010L);
    assertThat(claimable(id, 1_799_999_999L)).isEqualTo("0");
    assertThat(claimable(id, 1_800_000_099L)).isEqualTo("990");
    assertThat(claimable(id, 9_007_199_254_740_991L)).isEqualTo("1000");
  }

  /** Later events do not change what could be withdrawn before. */
  @Test
  void shouldTellWhatWasClaimableThen() throws Exception {
    long start = 1_800_000_000L;
    String stream = "/v1/streams/" + create(ALICE, BOB);
    server.advance(Duration.ofSeconds(10)); // 100 claimable
    server.post(stream + "/pause", "");
    server.advance(Duration.ofSeconds(20));
    server.post(stream + "/resume", "");
    server.advance(Duration.ofSeconds(10)); // at 40, 200
    server.post(stream + "/withdraw", "{\"amount\":\"150\"}");
    server.advance(Duration.ofSeconds(200)); // at 240, all of it
    server.post(stream + "/top-up", "{\"amount\":\"5000\"}");
    server.advance(Duration.ofSeconds(10));
    server.post(stream + "/cancel", "");
    assertThat(json(server.get(stream + "/claimable")).path("claimableAmount").asText())
        .isEqualTo("0");
    assertThen(stream, start - 1, "0", "ACTIVE");
    assertThen(stream, start + 5, "50", "ACTIVE");
    assertThen(stream, start + 10, "100", "PAUSED");
    assertThen(stream, start + 29, "100", "PAUSED");
    assertThen(stream, start + 39, "190", "ACTIVE");
    assertThen(stream, start + 40, "50", "ACTIVE");
    assertThen(stream, start + 239, "850", "ACTIVE");
    assertThen(stream, start + 249, "2140", "ACTIVE");
    assertThen(stream, start + 250, "0", "CANCELLED");
  }

  /** The last command is dated by a clock that was ahead, as that of another node may be. */
  @Test
  void shouldNotOfferAgainWhatWasWithdrawnAMomentAgo() throws Exception {
    String stream = "/v1/streams/" + create(ALICE, BOB);
    server.advance(Duration.ofSeconds(30));
    assertThat(server.post(stream + "/withdraw", "").statusCode()).isEqualTo(200);
    server.setClock(Duration.ofSeconds(-3));
    JsonNode now = json(server.get(stream + "/claimable"));
    assertThat(now.path("claimableAmount").asText()).isEqualTo("0");
    assertThat(now.path("at").asLong()).isEqualTo(1_800_000_027L);
    assertThat(json(server.get(stream)).path("claimableAmount").asText()).isEqualTo("0");
    assertThen(stream, 1_800_000_027L, "270", "ACTIVE");
  }

  private void assertThen(String stream, long at, String claimable, String status)
      throws Exception {
    JsonNode then = json(server.get(stream + "/claimable?at=" + at));
    assertThat(then.path("claimableAmount").asText()).as("at %d", at).isEqualTo(claimable);
    assertThat(then.path("status").asText()).as("at %d", at).isEqualTo(status);
  }

  private String claimable(String id, long at) throws Exception {
    return json(server.get("/v1/streams/" + id + "/claimable?at=" + at))
        .path("claimableAmount")
        .asText();
  }

  @Test
  void shouldSumUpAnAddressByTokenAndStatus() throws Exception {
    create(ALICE, BOB);
    create(BOB, ALICE);
    create(BOB, ALICE);
    server.advance(Duration.ofSeconds(1));
    JsonNode summary = json(server.get("/v1/users/" + ALICE + "/summary"));
    assertThat(summary.path("asSender")).hasSize(1);
    JsonNode received = summary.path("asRecipient").path(0);
    assertThat(received.path("streams").asLong()).isEqualTo(2);
    assertThat(received.path("status").asText()).isEqualTo("ACTIVE");
    assertThat(received.path("depositedAmount").asText()).isEqualTo("2000");
    assertThat(received.path("claimableAmount").asText()).isEqualTo("20");
    assertThat(json(server.get("/streams/summary/" + ALICE))).isEqualTo(summary);
    assertThat(json(server.get("/users/" + CAROL + "/summary")).path("asSender")).isEmpty();
  }

  @Test
  void shouldShowTheHistoryWithThePayloadsThatSubscribersReceive() throws Exception {
    String first = create(ALICE, BOB);
    String second = create(CAROL, BOB);
    server.post("/v1/streams/" + first + "/pause", "{\"reference\":\"a \\\"quoted\\\" memo\"}");

    JsonNode newest = json(server.get("/v1/events"));
    assertThat(newest.path("events").findValuesAsText("seq")).containsExactly("3", "2", "1");
    assertThat(newest.path("total").asLong()).isEqualTo(3);
    assertThat(newest.path("limit").asInt()).isEqualTo(50);
    assertThat(newest.path("hasMore").asBoolean()).isFalse();
    assertThat(newest.path("nextCursor").isNull()).isTrue();
    JsonNode paused = newest.path("events").path(0);
    assertThat(paused.path("type").asText()).isEqualTo("stream.paused");
    assertThat(paused.path("timestamp").asLong()).isEqualTo(1_800_000_000L);
    assertThat(paused.path("data").path("reference").asText()).isEqualTo("a \"quoted\" memo");
    assertThat(paused.path("data").path("streamId").asText()).isEqualTo(first);

    assertThat(seqs("/v1/events?order=asc&limit=2")).containsExactly("1", "2");
    assertThat(seqs("/v1/events?order=asc&after=1")).containsExactly("2", "3");
    assertThat(seqs("/v1/events?before=3&limit=1")).containsExactly("2");
    assertThat(seqs("/v1/events?offset=1&limit=1")).containsExactly("2");
    assertThat(seqs("/v1/events?page=3&limit=1")).containsExactly("1");
    assertThat(seqs("/v1/events?type=stream.paused,stream.resumed")).containsExactly("3");
    assertThat(seqs("/v1/events?type=stream.paused&type=stream.created&order=asc")).hasSize(3);
    assertThat(seqs("/v1/events?user=" + CAROL)).containsExactly("2");
    assertThat(seqs("/v1/events?address=" + CAROL)).containsExactly("2");
    assertThat(seqs("/v1/events?stream=" + second)).containsExactly("2");
    assertThat(seqs("/v1/streams/" + first + "/events")).containsExactly("3", "1");
    assertThat(seqs("/v1/streams/" + first + "/events?eventType=stream.created"))
        .containsExactly("1");
    assertThat(seqs("/v1/users/" + BOB + "/events?limit=1")).containsExactly("3");
    JsonNode page = json(server.get("/v1/events?limit=2"));
    assertThat(page.path("nextCursor").asText()).startsWith("d2-");
    assertThat(seqs("/v1/events?limit=2&cursor=" + page.path("nextCursor").asText()))
        .containsExactly("1");
  }

  private List<String> seqs(String path) throws Exception {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer).path("events").findValuesAsText("seq");
  }

  /** The largest ids are stored as negative numbers, and browsers cannot represent them exactly. */
  @ParameterizedTest
  @ValueSource(
      strings = {"0", "9223372036854775807", "9223372036854775808", "18446744073709551615"})
  void shouldKnowAStreamByAnyIdEverywhere(String id) throws Exception {
    create(ALICE, CAROL);
    HttpResponse<String> created =
        server.post("/v1/streams", stream(ALICE, BOB).put("streamId", id).toString());
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(ids("/v1/streams?recipient=" + BOB)).containsExactly(id);
    String first = json(server.get("/v1/streams?order=asc&limit=1")).path("nextCursor").asText();
    assertThat(ids("/v1/streams?cursor=" + first)).containsExactly(id);
    String older = first.substring(0, first.indexOf('.')); // did not name its log
    assertThat(ids("/v1/streams?cursor=" + older)).containsExactly(id);
    assertThat(ids("/v1/streams?sort=updated&limit=1")).containsExactly(id);
    assertThat(seqs("/v1/events?stream=" + id)).containsExactly("2");
    assertThat(seqs("/v1/streams/" + id + "/events")).containsExactly("2");
    assertThat(json(server.get("/v1/streams/" + id + "/claimable")).path("streamId").asText())
        .isEqualTo(id);
    try (EventStream events =
        EventStream.at(server.port()).query("snapshot=true&streams=" + id).open()) {
      assertThat(events.awaitEvent("stream.snapshot").json().path("streamId").asText())
          .isEqualTo(id);
      assertThat(server.post("/v1/streams/" + id + "/pause", "").statusCode()).isEqualTo(200);
      assertThat(events.awaitEvent("stream.paused").json().path("streamId").asText()).isEqualTo(id);
    }
  }

  /** What nginx, HAProxy, httpd, lighttpd and Jetty make of the tag when they compress. */
  @Test
  void shouldKnowItsOwnTagThatACompressingProxyHasChanged() throws Exception {
    String stream = "/v1/streams/" + create(ALICE, BOB);
    List<String> shapes =
        List.of(
            "W/\"%d\"",
            "\"%d-gzip\"",
            "W/\"%d-gzip\"",
            "\"%d--gzip\"",
            "\"%d-br\"",
            "\"%d-zstd\"",
            "\"%d-deflate\"");
    long version = 1;
    for (String shape : shapes) {
      String verb = version % 2 == 1 ? "/pause" : "/resume";
      HttpResponse<String> stale =
          server.post(stream + verb, "", "If-Match", shape.formatted(version + 1));
      assertThat(stale.statusCode()).as(shape).isEqualTo(412);
      HttpResponse<String> fresh =
          server.post(stream + verb, "", "If-Match", shape.formatted(version));
      assertThat(fresh.statusCode()).as(shape + fresh.body()).isEqualTo(200);
      version++;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "If-None-Match; *",
        "If-None-Match; \"7\"",
        "If-Unmodified-Since; Thu, 01 Jan 2026 00:00:00 GMT"
      })
  void shouldRefuseConditionsThatItDoesNotObey(String condition, String value) throws Exception {
    String stream = "/v1/streams/" + create(ALICE, BOB);
    for (String path : List.of("/v1/streams", stream + "/pause", stream + "/cancel")) {
      String body = path.equals("/v1/streams") ? stream(ALICE, BOB).toString() : "";
      HttpResponse<String> refused = server.post(path, body, condition, value);
      assertThat(refused.statusCode()).as(path).isEqualTo(400);
      assertThat(json(refused).at("/errors/0/parameter").asText()).isEqualTo(condition);
      assertThat(json(refused).path("detail").asText()).contains("If-Match");
    }
    assertThat(json(server.get("/v1/events")).path("total").asLong()).isEqualTo(1);
  }

  @Test
  void shouldNotCountAnIdOfTheClientsAmongItsOwn() throws Exception {
    String largest = stream(ALICE, BOB).put("streamId", "18446744073709551615").toString();
    assertThat(server.post("/v1/streams", largest).statusCode()).isEqualTo(201);
    assertThat(create(ALICE, BOB)).isEqualTo("1");
  }

  @Test
  void shouldRejectAVersionForANewStream() throws Exception {
    String body = stream(ALICE, BOB).toString();
    assertThat(server.post("/v1/streams", body, "If-Match", "\"1\"").statusCode()).isEqualTo(412);
    assertThat(json(server.get("/v1/events")).path("total").asLong()).isZero();
  }

  /**
   * The second request waits for the first and gets the same answer: one event, whatever the
   * timing.
   */
  @Test
  void shouldTakeOneOfManyRequestsWithTheSameKey() throws Exception {
    String topUp = "/v1/streams/" + create(ALICE, BOB) + "/top-up";
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      answers.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return server.post(topUp, "{\"amount\":\"5\"}", "Idempotency-Key", "one");
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    Set<String> bodies = new HashSet<>();
    int replayed = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.join().statusCode()).isEqualTo(200);
      bodies.add(answer.join().body());
      replayed += header(answer.join(), "Idempotency-Replayed") == null ? 0 : 1;
    }
    assertThat(bodies).hasSize(1);
    assertThat(replayed).isEqualTo(23);
    assertThat(json(server.get("/v1/events")).path("total").asLong()).isEqualTo(2);
  }

  @Test
  void shouldRepeatARefusalForItsKey() throws Exception {
    String id = create(ALICE, BOB);
    String withdraw = "/v1/streams/" + id + "/withdraw";
    HttpResponse<String> refused = server.post(withdraw, "", "Idempotency-Key", "payday");
    assertThat(refused.statusCode()).isEqualTo(409);
    server.advance(Duration.ofSeconds(10));
    HttpResponse<String> again = server.post(withdraw, "", "Idempotency-Key", "payday");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(json(again)).isEqualTo(json(refused));
    assertThat(server.post(withdraw, "", "Idempotency-Key", "payday 2").statusCode())
        .isEqualTo(200);
    // a malformed request uses up no key
    assertThat(server.post(withdraw, "{\"amount\":5}", "Idempotency-Key", "payday 3").statusCode())
        .isEqualTo(400);
    server.advance(Duration.ofSeconds(10));
    assertThat(
            server.post(withdraw, "{\"amount\":\"5\"}", "Idempotency-Key", "payday 3").statusCode())
        .isEqualTo(200);
  }

  @Test
  void shouldKeepEverythingAcrossARestart() throws Exception {
    String paused = create(ALICE, BOB);
    String drained = create(BOB, CAROL);
    server.advance(Duration.ofSeconds(30));
    server.post("/v1/streams/" + paused + "/withdraw", "{\"amount\":\"7\"}");
    server.post("/v1/streams/" + paused + "/pause", "{\"reference\":\"März\"}");
    server.advance(Duration.ofSeconds(100));
    server.post("/v1/streams/" + drained + "/withdraw", "");
    String streams = server.get("/v1/streams").body();
    String events = server.get("/v1/events").body();
    String totals = server.get("/v1/users/" + BOB + "/summary").body();
    assertThat(streams).contains("PAUSED", "COMPLETED");

    server.close();
    server = new ApiServer(directory, Map.of(), ApiServer.START.plusSeconds(130));

    assertThat(server.get("/v1/streams").body()).isEqualTo(streams);
    assertThat(server.get("/v1/events").body()).isEqualTo(events);
    assertThat(server.get("/v1/users/" + BOB + "/summary").body()).isEqualTo(totals);
    assertThat(create(ALICE, BOB)).isEqualTo("3");
    JsonNode resumed = json(server.post("/v1/streams/" + paused + "/resume", ""));
    assertThat(resumed.path("totalPausedDuration").asLong()).isEqualTo(100);
    assertThat(resumed.path("version").asLong()).isEqualTo(4);
    assertThat(resumed.path("events").path(0).path("seq").asLong()).isEqualTo(8);
  }

  @Test
  void shouldRefuseAnIdThatIsTaken() throws Exception {
    String body = stream(ALICE, BOB).put("streamId", 7).toString();
    assertThat(server.post("/v1/streams", body).statusCode()).isEqualTo(201);
    HttpResponse<String> again = server.post("/v1/streams", body);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(json(again).path("detail").asText()).contains("7");
  }
}

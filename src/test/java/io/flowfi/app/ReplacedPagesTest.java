package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.it.EventStream;
import io.flowfi.it.TestAddresses;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The requests of the replaced service's pages, of which only the base URL has changed, and what
 * the pages read of each answer. The other endpoints that the service had: with what its clients
 * send there.
 */
@Timeout(60)
class ReplacedPagesTest {
  /** The base URL, without scheme and host. */
  private static final String BASE = "/legacy";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);
  private static final String TOKEN = TestAddresses.contract(0);

  @TempDir Path directory;
  private ApiServer server;

  /** Stream 1 is active, 2 is paused, 3 is cancelled; each began at 2027-01-15T08:00:00Z. */
  @BeforeEach
  void start() throws Exception {
    server = new ApiServer(directory, Map.of());
    for (int stream = 1; stream <= 3; stream++) {
      assertThat(server.post("/v1/streams", create().toString()).statusCode()).isEqualTo(201);
    }
    server.advance(Duration.ofSeconds(20));
    command("1/withdraw", "{\"amount\":\"150\"}");
    command("2/pause", "");
    command("3/cancel", "");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static ObjectNode create() {
    return JSON.createObjectNode()
        .put("sender", ALICE)
        .put("recipient", BOB)
        .put("tokenAddress", TOKEN)
        .put("ratePerSecond", "10")
        .put("depositedAmount", "1000")
        .put("startTime", ApiServer.START.getEpochSecond());
  }

  private void command(String path, String body) throws Exception {
    HttpResponse<String> answer = server.post(BASE + "/v1/streams/" + path, body);
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
  }

  private JsonNode read(String path) throws Exception {
    HttpResponse<String> answer = server.get(BASE + path);
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** Compares the fields that the pages read; an answer may have others. */
  private static void assertFields(JsonNode actual, String expected) throws IOException {
    assertSoftly(
        softly -> {
          for (var field : tree(expected).properties()) {
            softly
                .assertThat(actual.get(field.getKey()))
                .as("%s of %s", field.getKey(), actual)
                .isEqualTo(field.getValue());
          }
        });
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
  }

  private static final String ACTIVE =
      """
      {"id": "1", "streamId": 1, "sender": "%s", "recipient": "%s", "tokenAddress": "%s",
       "ratePerSecond": "10", "depositedAmount": "1000", "withdrawnAmount": "150",
       "startTime": 1800000000, "lastUpdateTime": 1800000020, "endTime": 1800000100,
       "isActive": true, "isPaused": false, "pausedAt": null, "totalPausedDuration": 0,
       "createdAt": "2027-01-15T08:00:00Z", "updatedAt": "2027-01-15T08:00:20Z", "events": []}
      """
          .formatted(ALICE, BOB, TOKEN);

  private static final String PAUSED =
      """
      {"id": "2", "streamId": 2, "isActive": true, "isPaused": true, "pausedAt": 1800000020,
       "endTime": null}
      """;

  private static final String CANCELLED =
      """
      {"id": "3", "streamId": 3, "isActive": false, "isPaused": false,
       "events": [{"eventType": "CANCELLED"}]}
      """;

  @Test
  void shouldListStreamsForTheDashboard() throws Exception {
    // they try this one first, and the next only after a 404
    assertThat(server.get(BASE + "/api/v1/streams?sender=" + ALICE).statusCode()).isEqualTo(404);
    for (String query :
        new String[] {
          "sender=" + ALICE,
          "recipient=" + BOB,
          "recipient=" + BOB + "&sort=lastUpdateTime&order=desc&limit=100",
          "sender=" + ALICE + "&sort=createdAt&order=desc&limit=20&offset=0"
        }) {
      JsonNode streams = read("/v1/streams?" + query).get("data");
      assertThat(streams).as(query).hasSize(3);
      assertFields(streams.get(0), CANCELLED);
      assertFields(streams.get(1), PAUSED);
      assertFields(streams.get(2), ACTIVE);
    }
    assertThat(read("/v1/streams?sender=" + BOB).get("data")).isEmpty();
  }

  @Test
  void shouldListStreamsByTheOldConditions() throws Exception {
    for (String status : new String[] {"active", "paused", "cancelled"}) {
      assertThat(read("/v1/streams?status=" + status).get("data")).as(status).hasSize(1);
    }
    assertThat(read("/v1/streams?status=completed").get("data")).isEmpty();
    JsonNode second = read("/v1/streams?token=" + TOKEN + "&limit=1&offset=1");
    assertFields(second.at("/data/0"), PAUSED);
    assertFields(second, "{\"limit\": 1, \"hasMore\": true}");
    String cursor = "&cursor=" + second.get("nextCursor").textValue();
    JsonNode third = read("/v1/streams?token=" + TOKEN + "&limit=1" + cursor);
    assertFields(third.at("/data/0"), ACTIVE);
    assertFields(third, "{\"hasMore\": false, \"nextCursor\": null}");
  }

  @Test
  void shouldShowAStreamThatHasPaidEverything() throws Exception {
    server.advance(Duration.ofSeconds(200));
    command("1/withdraw", "");
    assertFields(
        read("/v1/streams/1"),
        """
        {"withdrawnAmount": "1000", "claimableAmount": "0", "isActive": false, "isPaused": false,
         "events": [{"eventType": "COMPLETED"}]}
        """);
    assertFields(
        read("/v1/streams/1/events?page=1&limit=1").at("/events/0"),
        "{\"eventType\": \"COMPLETED\", \"amount\": \"1000\"}");
    assertThat(read("/v1/streams?status=completed").get("data")).hasSize(1);
  }

  @Test
  void shouldShowAStreamAndItsEvents() throws Exception {
    assertFields(read("/v1/streams/1"), ACTIVE);
    assertThat(server.get(BASE + "/v1/streams/9").statusCode()).isEqualTo(404);
    JsonNode page = read("/v1/streams/1/events?page=1&limit=10");
    assertFields(page, "{\"total\": 2}");
    assertFields(
        page.at("/events/0"),
        """
        {"id": "4", "streamId": 1, "eventType": "WITHDRAWN", "amount": "150",
         "transactionHash": null, "ledgerSequence": null, "timestamp": 1800000020,
         "createdAt": "2027-01-15T08:00:20Z"}
        """);
    assertFields(
        page.at("/events/1"), "{\"id\": \"1\", \"eventType\": \"CREATED\", \"amount\": \"1000\"}");
    assertThat(tree(page.at("/events/0/metadata").textValue()).get("withdrawnAmount").textValue())
        .isEqualTo("150");
    assertThat(read("/v1/streams/1/events?eventType=CREATED").get("events")).hasSize(1);
  }

  @Test
  void shouldShowTheActivityOfAnAddress() throws Exception {
    JsonNode page = read("/v1/events?address=" + ALICE + "&page=2&limit=2");
    assertFields(page, "{\"total\": 6, \"limit\": 2, \"offset\": 2, \"hasMore\": true}");
    assertFields(page.at("/events/0"), "{\"id\": \"4\", \"eventType\": \"WITHDRAWN\"}");
    JsonNode chosen =
        read("/v1/events?address=" + ALICE + "&page=1&limit=20&type=PAUSED%2CRESUMED");
    assertThat(chosen.get("events")).hasSize(1);
    assertFields(chosen.at("/events/0"), "{\"eventType\": \"PAUSED\", \"amount\": null}");
    JsonNode cancelled = read("/v1/events?address=" + ALICE + "&page=1&limit=20&type=CANCELLED");
    assertFields(cancelled.at("/events/0"), "{\"amount\": \"800\"}");
    assertFields(cancelled, "{\"hasMore\": false}");
    assertThat(read("/v1/users/" + BOB + "/events?limit=50&offset=0").get("events")).hasSize(6);
  }

  @Test
  void shouldFollowEvents() throws Exception {
    for (String query : new String[] {"streams=1", "streams=1&streams=2", "all=true"}) {
      try (EventStream events =
          EventStream.at(server.port()).path(BASE + "/v1/events/subscribe").query(query).open()) {
        events.nextConnected();
        command("1/top-up", "{\"amount\":\"5\"}");
        JsonNode data = events.nextEvent("stream.topped_up").json();
        assertFields(data, "{\"streamId\": \"1\", \"amount\": \"5\"}");
      }
    }
  }

  @Test
  void shouldAnswerAtEveryOtherPath() throws Exception {
    assertThat(read("/v1/health").get("status").textValue()).isEqualTo("up");
    JsonNode stats = read("/v1/events/stats");
    assertFields(stats, "{\"activeConnections\": 0, \"activeIps\": 0, \"maxConnections\": 10000}");
    assertThat(stats.get("perIpPeakConnections").isInt()).isTrue();
    assertThat(stats.get("timestamp").isTextual()).isTrue();
    String at = "/v1/streams/1/claimable?at=" + (ApiServer.START.getEpochSecond() + 20);
    assertFields(read(at), "{\"streamId\": \"1\", \"claimableAmount\": \"50\"}");
    for (String path : new String[] {"/v1/users/%s/summary", "/v1/streams/summary/%s"}) {
      JsonNode summary = read(path.formatted(ALICE));
      assertFields(summary, "{\"address\": \"" + ALICE + "\", \"asRecipient\": []}");
      assertThat(summary.get("asSender")).hasSize(3);
    }
    JsonNode user = read("/v1/users/" + ALICE);
    assertFields(user, "{\"publicKey\": \"" + ALICE + "\", \"receivedStreams\": []}");
    assertFields(user.at("/sentStreams/2"), ACTIVE);
    HttpResponse<String> registered =
        server.post(BASE + "/v1/users", "{\"publicKey\":\"" + ALICE + "\"}");
    assertThat(registered.statusCode()).isEqualTo(200);
    command("2/resume", "");
    command("1/withdraw", "");
    HttpResponse<String> created = server.post(BASE + "/v1/streams", create().toString());
    assertThat(created.statusCode()).isEqualTo(201);
  }

  @Test
  void shouldKeepAnIdThatANumberWouldRoundAsText() throws Exception {
    for (String id : new String[] {"9007199254740991", "9007199254740993"}) {
      ObjectNode body = create().put("streamId", id);
      assertThat(server.post("/v1/streams", body.toString()).statusCode()).isEqualTo(201);
      JsonNode shown = read("/v1/streams/" + id).get("streamId");
      assertThat(shown.isTextual()).as(id).isEqualTo(id.endsWith("3"));
      assertThat(shown.asText()).isEqualTo(id);
      assertThat(read("/v1/streams/" + id + "/events").at("/events/0/streamId")).isEqualTo(shown);
    }
  }

  /** The base URL changes the form of answers, and nothing of the rights. */
  @Test
  void shouldShowEachCallerTheOwnStreamsOnly() throws Exception {
    server.close();
    server = SecuredServer.start(directory);
    String path = BASE + "/v1/streams?sender=" + ALICE;
    assertThat(server.get(path).statusCode()).isEqualTo(401);
    assertThat(server.get(BASE + "/v1/streams/1").statusCode()).isEqualTo(401);
    String cookie = "__Host-flowfi=" + SecuredServer.token(BOB);
    assertThat(tree(server.get(path, "Cookie", cookie).body()).get("data")).hasSize(3);
    String[] carol = SecuredServer.as(SecuredServer.CAROL);
    assertThat(tree(server.get(path, carol).body()).get("data")).isEmpty();
    assertThat(server.get(BASE + "/v1/streams/1", carol).statusCode()).isEqualTo(404);
    assertThat(server.get(BASE + "/v1/events?address=" + ALICE, carol).statusCode()).isEqualTo(403);
    assertThat(server.get(BASE + "/v1/users/" + ALICE, carol).statusCode()).isEqualTo(403);
  }
}

package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;

/**
 * What the replaced service had besides the requests of its pages ({@link ReplacedPagesTest}):
 * login, the caller, administration, sandbox, and pages by cursor, all under the base URL that is
 * given to its clients.
 */
@Timeout(60)
class ReplacedEndpointsTest {
  /** The base URL and the version, without scheme and host. */
  private static final String BASE = "/legacy/v1";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = SecuredServer.ALICE;
  private static final String BOB = SecuredServer.BOB;
  private static final String[] ADMIN = SecuredServer.as(SecuredServer.ADMIN);

  @TempDir Path directory;
  private ApiServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private static JsonNode tree(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  private JsonNode read(String path, String... headers) throws Exception {
    return tree(server.get(BASE + path, headers), 200);
  }

  private JsonNode post(int status, String path, String body, String... headers) throws Exception {
    return tree(server.post(BASE + path, body, headers), status);
  }

  @Test
  void shouldLetAWalletInAndKnowIt() throws Exception {
    server = SecuredServer.start(directory);
    // after the second in which an earlier process could have made a challenge
    server.advance(Duration.ofSeconds(1));
    KeyPair wallet = KeyPair.random();
    String key = "{\"publicKey\":\"" + wallet.getAccountId() + "\"";

    JsonNode challenge = post(200, "/auth/challenge", key + "}");
    String signed = SecuredServer.signed(challenge.toString(), wallet);
    JsonNode verified =
        post(200, "/auth/verify", key + ",\"signedTransaction\":\"" + signed + "\"}");

    assertThat(verified.path("expiresIn").asLong()).isEqualTo(8 * 3600);
    JsonNode me = read("/users/me", SecuredServer.bearer(verified.path("token").textValue()));
    assertThat(me.path("publicKey").textValue()).isEqualTo(wallet.getAccountId());
    assertThat(server.get(BASE + "/users/me").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldShowTheCallerTheStreamsAsThePagesReadThem() throws Exception {
    server = SecuredServer.start(directory);
    post(201, "/streams", SecuredServer.stream("7", ALICE, BOB), ADMIN);
    JsonNode stream = read("/users/me", SecuredServer.as(BOB)).at("/receivedStreams/0");
    assertThat(stream.path("streamId").isInt()).isTrue();
    assertThat(stream.path("isActive").booleanValue()).isTrue();
  }

  @Test
  void shouldShowTheTotalsToAdministrators() throws Exception {
    server = SecuredServer.start(directory);
    post(201, "/streams", SecuredServer.stream("7", ALICE, BOB), ADMIN);
    JsonNode totals = read("/admin/metrics", ADMIN);
    assertThat(totals.at("/streams/total").asInt()).isEqualTo(1);
    assertThat(totals.at("/streams/byStatus/active").asInt()).isEqualTo(1);
    assertThat(totals.at("/events/last24h").asInt()).isEqualTo(1);
    assertThat(totals.path("totalVolumeStreamed").isTextual()).isTrue();
    assertThat(totals.at("/fees/totalFeesCollectedByToken").isObject()).isTrue();
    assertThat(totals.at("/sse/activeConnections").isInt()).isTrue();
    assertThat(totals.at("/pgPool/totalCount").isInt()).isTrue();
    assertThat(totals.path("uptime").isNumber()).isTrue();
    assertThat(totals.path("indexer").isNull()).isTrue();
    assertThat(server.get(BASE + "/admin/metrics", SecuredServer.as(ALICE)).statusCode())
        .isEqualTo(403);
  }

  @Test
  void shouldShowAndCommandTheIndexer() throws Exception {
    StubIndexer indexer = new StubIndexer();
    server = new ApiServer(directory, Map.of(), indexer);
    assertThat(read("/admin/indexer/status").path("scannedLedger").asLong()).isEqualTo(119);
    JsonNode counts = read("/admin/metrics").path("indexer");
    assertThat(counts.path("lastLedger").asLong()).isEqualTo(119);
    assertThat(counts.path("degraded").booleanValue()).isTrue();
    post(200, "/admin/indexer/reset", "{\"ledger\":7}");
    post(202, "/admin/indexer/replay?from_ledger=8", "");
    assertThat(indexer.asked).containsExactly("reset 7 false", "replay 8");
  }

  @Test
  void shouldKeepTheSandboxApart() throws Exception {
    server = SecuredServer.start(directory, "SANDBOX", "on");
    String[] inSandbox = {ADMIN[0], ADMIN[1], "X-Sandbox-Mode", "true"};
    JsonNode created = post(201, "/streams", SecuredServer.stream("7", ALICE, BOB), inSandbox);
    assertThat(created.path("sandbox").booleanValue()).isTrue();
    JsonNode byHeader = read("/streams?sender=" + ALICE, inSandbox);
    JsonNode byQuery = read("/streams?sandbox=true&sender=" + ALICE, ADMIN);
    for (JsonNode list : List.of(byHeader, byQuery)) {
      assertThat(list.path("sandbox").booleanValue()).isTrue();
      assertThat(list.at("/data/0/streamId").asInt()).isEqualTo(7);
    }
    JsonNode real = read("/streams?sender=" + ALICE, ADMIN);
    assertThat(real.path("data")).isEmpty();
    assertThat(real.has("sandbox")).isFalse();
  }

  @Test
  void shouldShowTheEventsOfAStreamByCursor() throws Exception {
    server = new ApiServer(directory, Map.of(), SecuredServer.START);
    post(201, "/streams", SecuredServer.stream("7", ALICE, BOB));
    for (String command : List.of("pause", "resume", "cancel")) {
      post(200, "/streams/7/" + command, "");
    }
    List<String> types = new ArrayList<>();
    String cursor = "";
    JsonNode page;
    do {
      page = read("/streams/7/events?limit=3&order=asc" + cursor);
      page.path("events").forEach(event -> types.add(event.path("eventType").textValue()));
      cursor = "&cursor=" + page.path("nextCursor").textValue();
    } while (page.path("hasMore").booleanValue());
    assertThat(types).containsExactly("CREATED", "PAUSED", "RESUMED", "CANCELLED");
  }
}

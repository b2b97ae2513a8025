package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the console reads of the node's statistics. */
@Timeout(60)
class LiveStatsApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A sample is four lines, and two of its chunk. */
  private static final int LINES_OF_HALF_A_MINUTE = 30 * 6;

  @TempDir Path directory;
  private final RawStreams streams = new RawStreams();
  private ApiServer server;

  @AfterEach
  void stop() throws IOException {
    streams.close();
    server.close();
  }

  private BufferedReader open(String path, String... headers) throws IOException {
    BufferedReader in = streams.open(server, path, headers);
    assertThat(in.readLine()).startsWith("HTTP/1.1 200");
    return in;
  }

  /** The next sample that is like this. The timeout of the test ends a search without end. */
  private static JsonNode sample(BufferedReader in, Predicate<JsonNode> wanted) throws IOException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("event: stats")) {
        JsonNode sample = JSON.readTree(in.readLine().substring("data: ".length()));
        if (wanted.test(sample)) {
          return sample;
        }
      }
    }
    throw new AssertionError("the stream has ended");
  }

  private JsonNode get(String path) throws Exception {
    var answer = server.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  @Test
  void shouldSendASampleAtOnceAndThenWhatHappens() throws Exception {
    server = new ApiServer(directory, Map.of());
    open("/v1/events/subscribe?all=true").readLine();
    BufferedReader stats = open("/v1/admin/stats/stream");
    JsonNode before = sample(stats, any -> true);
    for (int i = 0; i < 3; i++) {
      server.create(TestAddresses.account(1));
    }

    JsonNode flowing = sample(stats, now -> now.at("/flow/eventsPerSecond").asDouble() > 0);
    assertThat(flowing.at("/flow/commit/p99Millis").asDouble()).isPositive();
    JsonNode after = sample(stats, now -> now.at("/log/feed").asLong() == 3);
    assertThat(after.at("/log/last").asLong()).isEqualTo(3);
    assertThat(after.at("/connections/byFilter/all").asInt()).isEqualTo(1);
    assertThat(after.at("/connections/byFilter/nothing").asInt()).isEqualTo(1);
    assertThat(after.path("node")).isEqualTo(before.path("node"));
    assertThat(after.path("node").asText()).isEqualTo(server.node.id());
    assertThat(after.at("/connections/byNode").path(server.node.id()).asInt()).isEqualTo(1);
    assertThat(after.at("/parts/0/name").asText()).isEqualTo("server");
    assertThat(after.path("parts")).allMatch(part -> part.path("state").asText().equals("well"));
    assertThat(after.path("ready").asBoolean()).isTrue();
    assertThat(after.path("rejections").path("requests").asLong(-1)).isZero();
    assertThat(after.path("closes").path("client_gone").asLong(-1)).isZero();
    assertThat(after.path("indexer").isNull()).isTrue();
  }

  @Test
  void shouldTakeNoSlotSoThatItOpensOnAFullNode() throws Exception {
    server = new ApiServer(directory, Map.of("MAX_SSE_CONNECTIONS", "1"));
    open("/v1/events/subscribe?all=true");
    assertThat(server.opened("/v1/events/subscribe?all=true").statusCode()).isEqualTo(503);

    JsonNode now =
        sample(
            open("/v1/admin/stats/stream"), sample -> sample.at("/connections/open").asInt() == 2);

    assertThat(now.at("/connections/limit").asInt()).isEqualTo(1);
    assertThat(get("/v1/events/stats").path("activeConnections").asInt()).isEqualTo(1);
  }

  @Test
  void shouldHaveSixteenReadersAtMostAndRoomAgainWhenOneLeaves() throws Exception {
    server = new ApiServer(directory, Map.of());
    BufferedReader first = open("/v1/admin/stats/stream");
    for (int i = 1; i < 16; i++) {
      open("/v1/admin/stats/stream");
    }
    var refused = server.opened("/v1/admin/stats/stream");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).contains("30");

    first.close();
    await().until(() -> server.opened("/v1/admin/stats/stream").statusCode() == 200);
  }

  @Test
  void shouldEndWithTheToken() throws Exception {
    server = SecuredServer.start(directory);
    // clocks may differ by thirty seconds, so two are left
    String token =
        TestTokens.hs256(
            TestTokens.SECRET,
            SecuredServer.claims(SecuredServer.ADMIN, SecuredServer.START.minusSeconds(28))
                .build());
    BufferedReader in = open("/v1/admin/stats/stream", "Authorization: Bearer " + token + "\r\n");
    sample(in, any -> true);

    // only the last chunk of the answer follows, which has no length; a stream that outlived its
    // token would have no end, and no time-out of a test ends the reading of one that goes on
    List<String> rest =
        in.lines().takeWhile(line -> !line.equals("0")).limit(LINES_OF_HALF_A_MINUTE).toList();

    assertThat(rest).contains("event: reconnect");
    assertThat(String.join("", rest)).contains("\"reason\":\"token_expired\"");
  }

  /** A balancer may not know yet that the node stops: the console goes to another one at once. */
  @Test
  void shouldTakeNoReaderWhileTheNodeStops() throws Exception {
    server = new ApiServer(directory, Map.of());
    server.node.drain();
    var refused = server.opened("/v1/admin/stats/stream");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
    assertThat(refused.body()).contains("the server is stopping");
    assertThat(refused.headers().firstValue("Retry-After")).contains("1");
  }

  @Test
  void shouldRejectParametersThatItDoesNotKnow() throws Exception {
    server = new ApiServer(directory, Map.of());
    for (String path : List.of("", "/history", "/stream")) {
      assertThat(server.opened("/v1/admin/stats" + path + "?seconds=9").statusCode())
          .isEqualTo(400);
    }
  }

  @Test
  void shouldHaveColumnsBeforeThereIsASample() throws Exception {
    server = new ApiServer(directory, Map.of());
    JsonNode history = get("/v1/admin/stats/history");
    assertThat(history.path("intervalSeconds").asInt()).isEqualTo(5);
    assertThat(history.path("time").isArray()).isTrue();
    assertThat(history.path("node")).isEqualTo(get("/v1/admin/stats").path("node"));
  }
}

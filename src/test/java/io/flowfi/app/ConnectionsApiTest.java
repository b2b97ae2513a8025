package io.flowfi.app;

import static io.flowfi.app.RawStreams.clientOf;
import static io.flowfi.app.RawStreams.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is connected, as an administrator sees it, and what an administrator tells them. */
@Timeout(60)
class ConnectionsApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LIST = "/v1/admin/connections";

  @TempDir Path directory;
  private final RawStreams streams = new RawStreams();
  private ApiServer server;

  @AfterEach
  void stop() throws IOException {
    streams.close();
    server.close();
  }

  private BufferedReader open(String query, String... header) throws IOException {
    return streams.open(server, "/v1/events/subscribe?" + query, header);
  }

  private JsonNode list(String query, String... headers) throws Exception {
    var answer = server.get(LIST + query, headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static List<String> clients(JsonNode list) {
    return list.path("connections").findValuesAsText("clientId");
  }

  @Test
  void shouldShowWhoIsConnectedAndFindThemByWhatTheyAre() throws Exception {
    server = SecuredServer.start(directory);
    String[] admin = SecuredServer.as(SecuredServer.ADMIN);
    String bearer = "Authorization: Bearer %s\r\n";
    String alice =
        clientOf(open("all=true", bearer.formatted(SecuredServer.token(SecuredServer.ALICE))));
    String of =
        clientOf(
            open(
                "all=true&types=stream.created",
                bearer.formatted(SecuredServer.token(SecuredServer.ADMIN))));
    String both =
        clientOf(
            open(
                "streams=7&users=" + SecuredServer.BOB,
                bearer.formatted(SecuredServer.token(SecuredServer.CAROL, "service admin"))));
    JsonNode all = list("", admin);
    assertThat(clients(all)).containsExactlyInAnyOrder(alice, of, both);
    assertThat(all.path("total").asInt()).isEqualTo(3);
    assertThat(clients(list("?account=" + SecuredServer.CAROL, admin))).containsExactly(both);
    assertThat(clients(list("?filter=all", admin))).containsExactly(of);
    assertThat(clients(list("?filter=stream", admin))).containsExactly(both);
    assertThat(clients(list("?filter=user", admin))).containsExactlyInAnyOrder(alice, both);
    assertThat(clients(list("?address=127.0.0.1", admin))).hasSize(3);
    assertThat(clients(list("?address=127.0.0.2", admin))).isEmpty();
    assertThat(clients(list("?minLag=1", admin))).isEmpty();
    JsonNode one = list("?filter=stream", admin).path("connections").path(0);
    assertThat(one.path("account").asText()).isEqualTo(SecuredServer.CAROL);
    assertThat(one.path("address").asText()).isEqualTo("127.0.0.1");
    assertThat(one.path("filter").path("streams").toString()).isEqualTo("[\"7\"]");
    assertThat(one.path("filter").path("users").path(0).asText()).isEqualTo(SecuredServer.BOB);
    assertThat(one.path("cursor").asLong()).isZero();
    assertThat(one.path("lag").asLong()).isZero();
    assertThat(one.path("bytes").asLong()).isPositive();
    assertThat(one.path("node").asText())
        .isEqualTo(
            JSON.readTree(server.get("/v1/events/stats?scope=cluster", admin).body())
                .at("/cluster/nodes/0/id")
                .asText());
    String wrong =
        server
            .get(LIST + "?filter=x&sort=y&order=z&limit=10001&cursor=1&minLag=-1&account=a", admin)
            .body();
    assertThat(JSON.readTree(wrong).path("errors").findValuesAsText("parameter"))
        .containsExactlyInAnyOrder(
            "filter", "sort", "order", "limit", "cursor", "minLag", "account");
  }

  @Test
  void shouldShowEachOnceOverAllPagesInEveryOrder() throws Exception {
    server = new ApiServer(directory, Map.of("MAX_SSE_CONNECTIONS_PER_IP", "100"));
    Set<String> open = new HashSet<>();
    for (int i = 0; i < 23; i++) {
      open.add(clientOf(open(i % 2 == 0 ? "all=true" : "streams=" + i)));
    }
    for (String sort : List.of("lag", "age", "bytes", "client")) {
      for (String order : List.of("asc", "desc")) {
        List<String> met = new ArrayList<>();
        String cursor = "";
        do {
          JsonNode page = list("?limit=10&sort=" + sort + "&order=" + order + "&cursor=" + cursor);
          assertThat(page.path("total").asInt()).isEqualTo(23);
          met.addAll(clients(page));
          cursor = page.path("nextCursor").asText("");
        } while (!cursor.isEmpty() && met.size() < 100);
        assertThat(met)
            .as(sort + " " + order)
            .hasSize(23)
            .containsExactlyInAnyOrderElementsOf(open);
      }
    }
    List<String> byClient = clients(list("?sort=client&order=asc"));
    assertThat(byClient).isSorted();
    List<Long> byBytes =
        IntStream.range(0, 23)
            .mapToObj(
                i -> {
                  try {
                    return list("?sort=bytes").path("connections").path(i).path("bytes").asLong();
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                })
            .toList();
    assertThat(byBytes).isSortedAccordingTo((a, b) -> Long.compare(b, a));
  }

  @Test
  void shouldCloseOneAndRecordWhoDidIt() throws Exception {
    server = SecuredServer.start(directory);
    String[] admin = SecuredServer.as(SecuredServer.ADMIN);
    String bearer = "Authorization: Bearer " + SecuredServer.token(SecuredServer.ALICE) + "\r\n";
    BufferedReader closed = open("all=true", bearer);
    String client = clientOf(closed);
    String stays = clientOf(open("all=true", bearer));
    String path = LIST + "/" + client;
    assertThat(
            server.send("DELETE", path, null, SecuredServer.as(SecuredServer.ALICE)).statusCode())
        .isEqualTo(403);
    assertThat(server.send("DELETE", path, null, admin).statusCode()).isEqualTo(204);
    until(closed, "{\"reason\":\"rotation\"}");
    await().until(() -> clients(list("", admin)).equals(List.of(stays)));
    assertThat(server.send("DELETE", path, null, admin).statusCode()).isEqualTo(404);
    server.close();
    List<String> acts = new ArrayList<>();
    try (var files = Files.list(directory.resolve("audit"))) {
      for (String line : Files.readAllLines(files.findFirst().orElseThrow())) {
        JsonNode entry = JSON.readTree(line);
        if (entry.path("kind").asText().equals("command")) {
          acts.add(
              entry.path("account").asText()
                  + " "
                  + entry.path("method").asText()
                  + " "
                  + entry.path("path").asText()
                  + " "
                  + entry.path("status").asInt());
        }
      }
    }
    assertThat(acts)
        .containsExactly(
            SecuredServer.ALICE + " DELETE " + path + " 403",
            SecuredServer.ADMIN + " DELETE " + path + " 204",
            SecuredServer.ADMIN + " GET " + LIST + " 200",
            SecuredServer.ADMIN + " DELETE " + path + " 404");
  }

  private JsonNode tell(String body, int status) throws Exception {
    var answer = server.post("/v1/admin/notices", body, SecuredServer.as(SecuredServer.ADMIN));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  /** The next block that is not a heartbeat, without the lines of the chunks that it comes in. */
  private static String block(BufferedReader in) throws IOException {
    String line = in.readLine();
    while (line.matches("[0-9a-fA-F]*")) {
      line = in.readLine();
    }
    StringBuilder block = new StringBuilder();
    for (; !line.isEmpty(); line = in.readLine()) {
      block.append(line).append('\n');
    }
    return block.indexOf("event: heartbeat") < 0 ? block.toString() : block(in);
  }

  @Test
  void shouldTellThoseWhomItConcernsAndMoveNoCursor() throws Exception {
    server = SecuredServer.start(directory);
    String bearer = "Authorization: Bearer %s\r\n";
    BufferedReader alice =
        open("all=true", bearer.formatted(SecuredServer.token(SecuredServer.ALICE)));
    String one = clientOf(alice);
    BufferedReader bob =
        open(
            "users=" + SecuredServer.BOB, bearer.formatted(SecuredServer.token(SecuredServer.BOB)));
    clientOf(bob);
    until(alice, "id:");
    until(bob, "id:");
    String[] admin = SecuredServer.as(SecuredServer.ADMIN);
    List<String> before = list("?sort=client", admin).findValuesAsText("cursor");

    JsonNode told =
        tell(
            "{\"message\":\"for <b>Bob</b>\",\"severity\":\"critical\",\"user\":\"%s\"}"
                .formatted(SecuredServer.BOB),
            200);
    assertThat(told.path("connections").asInt()).isEqualTo(1);
    assertThat(block(bob))
        .isEqualTo(
            "event: notice\ndata: {\"message\":\"for <b>Bob</b>\",\"severity\":\"critical\",\"at\":\"%s\"}\n"
                .formatted(told.path("at").asText()));
    assertThat(
            tell("{\"message\":\"for one\",\"clientId\":\"%s\"}".formatted(one), 200)
                .path("connections")
                .asInt())
        .isEqualTo(1);
    assertThat(
            tell("{\"message\":\"for nobody\",\"streamId\":\"9\"}", 200)
                .path("connections")
                .asInt())
        .isZero();
    assertThat(tell("{\"message\":\"for all\"}", 200).path("connections").asInt()).isEqualTo(2);
    assertThat(block(alice)).contains("\"for one\",\"severity\":\"info\"").doesNotContain("id:");
    assertThat(block(alice)).as("a notice for others did not come").contains("for all");
    assertThat(block(bob)).contains("for all");
    assertThat(list("?sort=client", admin).findValuesAsText("cursor")).hasSize(2).isEqualTo(before);
    // the next event has the next position
    assertThat(
            server
                .post(
                    "/v1/streams",
                    SecuredServer.stream("7", SecuredServer.ALICE, SecuredServer.BOB),
                    admin)
                .statusCode())
        .isEqualTo(201);
    assertThat(block(bob)).contains("stream.created").contains("id: 1.");
  }

  @Test
  void shouldRefuseNoticesThatAreNotOneLineForOneAudienceAndRecordTheOthers() throws Exception {
    server = SecuredServer.start(directory);
    String long401 = "x".repeat(401);
    for (String wrong :
        List.of(
            "{}",
            "{\"message\":\"\"}",
            "{\"message\":\"two\\nlines\"}",
            "{\"message\":\"%s\"}".formatted(long401),
            "{\"message\":\"a\",\"severity\":\"loud\"}",
            "{\"message\":\"a\",\"user\":null}",
            "{\"message\":\"a\",\"clientId\":\"a/b\"}",
            "{\"message\":\"a\",\"clientId\":\"b\",\"streamId\":\"1\"}",
            "{\"message\":\"a\",\"to\":\"b\"}")) {
      tell(wrong, 400);
    }
    tell("{\"message\":\"a secret\",\"streamId\":\"7\"}", 200);
    tell("{\"message\":\"a secret\",\"user\":\"%s\"}".formatted(SecuredServer.BOB), 200);
    tell("{\"message\":\"a secret\",\"clientId\":\"c-1\"}", 404);
    assertThat(
            server
                .post(
                    "/v1/admin/notices",
                    "{\"message\":\"a\"}",
                    SecuredServer.as(SecuredServer.ALICE))
                .statusCode())
        .isEqualTo(403);
    server.close();
    try (var files = Files.list(directory.resolve("audit"))) {
      assertThat(Files.readString(files.findFirst().orElseThrow()))
          .contains("\"details\":{\"severity\":\"info\",\"streamId\":\"7\",\"connections\":\"0\"}")
          .contains(
              "\"details\":{\"severity\":\"info\",\"user\":\"%s\",\"connections\":\"0\"}"
                  .formatted(SecuredServer.BOB))
          .contains("\"details\":{\"severity\":\"info\",\"clientId\":\"c-1\"}")
          .doesNotContain("a secret");
    }
  }

  @Test
  void shouldShowHowFarAClientIsBehind() throws Exception {
    server = new ApiServer(directory, Map.of());
    BufferedReader reader = open("all=true");
    clientOf(reader);
    server.create(TestAddresses.account(1));
    until(reader, "stream.created");
    await()
        .untilAsserted(
            () -> {
              JsonNode one = list("").path("connections").path(0);
              assertThat(one.path("cursor").asLong()).isEqualTo(1);
              assertThat(one.path("lag").asLong(-1)).isZero();
            });
  }
}

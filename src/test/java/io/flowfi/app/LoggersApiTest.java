package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** How much a node logs, and what its lines name. */
@Timeout(60)
class LoggersApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OF_FAN_OUT = "/v1/admin/loggers/io.flowfi.fanout";

  @TempDir Path directory;
  private ApiServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private JsonNode ask(String method, String path, String body) throws Exception {
    var answer =
        body == null
            ? server.send(method, path, null)
            : server.send(method, path, body, "Content-Type", "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static boolean debugs() {
    return LoggerFactory.getLogger("io.flowfi.fanout.FanOut").isDebugEnabled();
  }

  @Test
  void shouldChangeALevelAndTakeItBack() throws Exception {
    server = new ApiServer(directory, Map.of());
    JsonNode before = ask("GET", OF_FAN_OUT, null);
    assertThat(before.path("level").asText()).isEqualTo("info");
    assertThat(before.path("changed").asBoolean()).isFalse();
    JsonNode set = ask("PUT", OF_FAN_OUT, "{\"level\":\"debug\"}");
    assertThat(set.path("level").asText()).isEqualTo("debug");
    assertThat(set.path("until").isNull()).isTrue();
    assertThat(debugs()).isTrue();
    JsonNode list = ask("GET", "/v1/admin/loggers", null).path("loggers");
    assertThat(list.findValuesAsText("name")).contains("io.flowfi", "io.flowfi.fanout").isSorted();
    ask("PUT", OF_FAN_OUT, "{\"level\":\"trace\"}");
    assertThat(ask("DELETE", OF_FAN_OUT, null)).isEqualTo(before);
    assertThat(debugs()).isFalse();
    assertThat(ask("DELETE", OF_FAN_OUT, null)).isEqualTo(before);
  }

  @Test
  void shouldChangeALevelForATime() throws Exception {
    server = new ApiServer(directory, Map.of());
    ask("PUT", OF_FAN_OUT, "{\"level\":\"error\"}");
    JsonNode set = ask("PUT", OF_FAN_OUT, "{\"level\":\"debug\",\"seconds\":1}");
    assertThat(set.path("until").asText()).isEqualTo(ApiServer.START.plusSeconds(1).toString());
    await().until(() -> !ask("GET", OF_FAN_OUT, null).path("changed").asBoolean());
    assertThat(ask("GET", OF_FAN_OUT, null).path("level").asText())
        .as("what it was before any change")
        .isEqualTo("info");
  }

  @Test
  void shouldRejectOthersLoggersAndWrongLevels() throws Exception {
    server = new ApiServer(directory, Map.of());
    for (String name : List.of("", "org.glassfish.jersey", "io.flowfix", "io.flowfi.none")) {
      assertThat(
              server
                  .send(
                      "PUT",
                      "/v1/admin/loggers/" + name,
                      "{\"level\":\"info\"}",
                      "Content-Type",
                      "application/json")
                  .statusCode())
          .as(name)
          .isIn(404, 405);
    }
    for (String body :
        List.of(
            "{}",
            "{\"level\":\"off\"}",
            "{\"level\":\"INFO\"}",
            "{\"level\":\"info\",\"seconds\":0}",
            "{\"level\":\"info\",\"seconds\":86401}",
            "{\"level\":\"info\",\"seconds\":\"5\"}",
            "{\"level\":\"info\",\"other\":1}")) {
      assertThat(
              server.send("PUT", OF_FAN_OUT, body, "Content-Type", "application/json").statusCode())
          .as(body)
          .isEqualTo(400);
    }
    assertThat(ask("GET", OF_FAN_OUT, null).path("changed").asBoolean()).isFalse();
  }

  @Test
  void shouldRecordWhoChangedIt() throws Exception {
    server = SecuredServer.start(directory);
    String body = "{\"level\":\"debug\",\"seconds\":60}";
    for (String account : List.of(SecuredServer.ALICE, SecuredServer.ADMIN)) {
      server.send(
          "PUT",
          OF_FAN_OUT,
          body,
          "Content-Type",
          "application/json",
          "Authorization",
          "Bearer " + SecuredServer.token(account));
    }
    server.close();
    List<String> acts = new ArrayList<>();
    try (var files = Files.list(directory.resolve("audit"))) {
      for (String line : Files.readAllLines(files.findFirst().orElseThrow())) {
        JsonNode entry = JSON.readTree(line);
        acts.add(
            entry.path("account").asText()
                + " "
                + entry.path("status")
                + " "
                + entry.path("details"));
      }
    }
    assertThat(acts)
        .containsExactly(
            SecuredServer.ALICE + " 403 ",
            SecuredServer.ADMIN + " 200 {\"level\":\"debug\",\"seconds\":\"60\"}");
  }

  @Test
  void shouldNameTheRequestTheAccountAndTheStream() throws Exception {
    server = SecuredServer.start(directory);
    server.node.real().store().close(); // reads fail from here on
    String bearer = "Bearer " + SecuredServer.token(SecuredServer.ADMIN);
    server.get("/v1/streams/7/claimable", "Authorization", bearer, "X-Request-ID", "it-was-me");
    JsonNode line =
        server.log.recent().stream()
            .map(LoggersApiTest::parsed)
            .filter(entry -> entry.path("message").asText().contains("it-was-me"))
            .findFirst()
            .orElseThrow();
    assertThat(line.path("request").asText()).isEqualTo("it-was-me");
    assertThat(line.path("account").asText()).isEqualTo(SecuredServer.ADMIN);
    assertThat(line.path("stream").asText()).isEqualTo("7");
  }

  private static JsonNode parsed(String line) {
    try {
      return JSON.readTree(line);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

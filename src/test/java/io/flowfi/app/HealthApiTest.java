package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** What the node says about itself, and does, while a part of it has failed. */
@Timeout(60)
class HealthApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

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

  private HttpResponse<String> create() throws Exception {
    return server.create(TestAddresses.account(1));
  }

  /** The position of the event of a stream that was created. */
  private static long position(HttpResponse<String> created) throws Exception {
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return JSON.readTree(created.body()).path("events").path(0).path("seq").asLong();
  }

  /** The database, locked by another connection. */
  private Connection database() throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    return source.getConnection();
  }

  private void assertReady() throws Exception {
    HttpResponse<String> ready = server.get("/health/ready");
    assertThat(ready.body()).isEqualTo("{\"status\":\"up\"}");
    assertThat(ready.statusCode()).isEqualTo(200);
  }

  /** Not ready because of one part, and of no other. */
  private void assertDown(String part, String why) throws Exception {
    for (String path : new String[] {"/health/ready", "/health"}) {
      HttpResponse<String> answer = server.get(path);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
      JsonNode health = JSON.readTree(answer.body());
      assertThat(health.path("status").asText()).isEqualTo("down");
      assertThat(health.path("troubles")).isEqualTo(JSON.createObjectNode().put(part, why));
    }
  }

  private void assertLives(boolean well) throws Exception {
    HttpResponse<String> live = server.get("/health/live");
    assertThat(live.body()).contains(well ? "up" : "down");
    assertThat(live.statusCode()).isEqualTo(well ? 200 : 503);
  }

  private static void assertRefused(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.path("status").asInt()).isEqualTo(503);
    assertThat(problem.path("detail").asText())
        .isEqualTo("the store does not accept writes at the moment");
    assertThat(answer.body()).doesNotContain("SQL", "sqlite", "busy", "io.flowfi");
  }

  /**
   * Another connection locks the database longer than the ledger waits: to the ledger that is a
   * disk that takes nothing. Before its first command, because from then on the ledger holds the
   * lock itself.
   */
  @Test
  void shouldRefuseCommandsAndNotBeReadyWhileTheStoreTakesNoWritesThenGoOnWithoutAGap()
      throws Exception {
    assertThat(position(create())).isEqualTo(1);
    server.close();
    start();
    assertReady();
    try (Connection other = database();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertRefused(create());
      assertDown("ledger", "does not accept commands");
      assertLives(true);
      assertRefused(create());
      assertThat(server.get("/v1/streams/1").statusCode()).as("can be read").isEqualTo(200);
      statement.execute("ROLLBACK");
    }
    await().atMost(Duration.ofSeconds(20)).untilAsserted(this::assertReady);
    assertThat(position(create())).isEqualTo(2);
    assertThat(JSON.readTree(server.get("/v1/events").body()).path("total").asLong()).isEqualTo(2);
  }

  @Test
  void shouldNotBeReadyNorLiveOnceTheWriterHasEnded() throws Exception {
    server.node.real().ledger().close();
    assertDown("ledger", "does not accept commands");
    assertLives(false);
  }

  @Test
  void shouldNotBeReadyWhileTheStoreCannotBeRead() throws Exception {
    server.node.real().store().close();
    assertDown("store", "cannot be read");
    assertLives(true);
  }

  @Test
  void shouldNotBeReadyWhileAnEventCannotBeProcessed() throws Exception {
    assertThat(position(create())).isEqualTo(1);
    server.close();
    try (Connection other = database();
        Statement statement = other.createStatement()) {
      statement.execute("UPDATE events SET type = 'no name of a type'");
      start();
      await()
          .untilAsserted(() -> assertThat(server.get("/health/ready").statusCode()).isEqualTo(503));
      assertDown("feed", "has stopped at 0");
      assertLives(true);
      HttpResponse<String> start = server.get("/health/started");
      assertThat(start.statusCode()).as(start.body()).isEqualTo(503);
      assertThat(start.headers().firstValue("Retry-After")).hasValue("5");
      assertThat(start.body())
          .isEqualTo(
              "{\"status\":\"down\",\"troubles\":{\"start\":\"the latest events are not in memory yet\"}}");
      statement.execute("UPDATE events SET type = 'stream.created'");
    }
    await().untilAsserted(this::assertReady);
    server.node.real().store().close();
    assertDown("store", "cannot be read");
    HttpResponse<String> start = server.get("/health/started");
    assertThat(start.body()).as("it has started, whatever came later").contains("\"up\"");
    assertThat(start.statusCode()).isEqualTo(200);
  }

  @Test
  void shouldNotBeReadyNorLiveOnceNothingIsDelivered() throws Exception {
    server.node.real().fanOut().shutdown(Duration.ofMillis(100));
    assertDown("fanOut", "does not deliver");
    assertLives(false);
  }
}

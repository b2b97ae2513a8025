package io.flowfi.app;

import static io.flowfi.app.RawStreams.clientOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The list of nodes, as an operator sees it. */
@Timeout(90)
class ClusterStatsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALL = "/v1/events/stats?scope=cluster";

  @TempDir Path directory;
  private final RawStreams streams = new RawStreams();

  @AfterEach
  void leave() throws IOException {
    streams.close();
  }

  private ApiServer node(String name, String database) {
    return new ApiServer(
        directory.resolve(name), Map.of("DATABASE_URL", database, "NODE_NAME", name));
  }

  private static JsonNode cluster(ApiServer node) throws Exception {
    return JSON.readTree(node.get(ALL).body()).path("cluster");
  }

  @Test
  void shouldListTheNodesThatLiveAndSumThemUp() throws Exception {
    String database = TestStore.postgres().newDatabase();
    try (ApiServer one = node("one", database)) {
      try (ApiServer other = node("other", database)) {
        one.create(TestAddresses.account(1));
        // its own clock does not count
        other.advance(Duration.ofHours(1));
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () -> {
                  JsonNode all = cluster(one);
                  assertThat(all.path("nodes").findValuesAsText("name"))
                      .containsExactly("one", "other");
                  assertThat(all.path("nodes").findValuesAsText("head")).containsExactly("1", "1");
                });
        clientOf(streams.open(other, "/v1/events/subscribe?all=true"));
        clientOf(streams.open(other, "/v1/events/subscribe?all=true"));
        clientOf(streams.open(one, "/v1/events/subscribe?all=true"));
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(cluster(one).path("nodes").findValuesAsText("activeConnections"))
                        .containsExactly("1", "2"));
        JsonNode all = cluster(other);
        assertThat(all.path("activeConnections").asInt()).isEqualTo(3);
        assertThat(all.path("head").asLong()).isEqualTo(1);
        assertThat(all.path("nodes").findValuesAsText("version"))
            .containsExactly(one.node.version(), one.node.version());
        assertThat(all.path("maxConnections").asInt()).isEqualTo(20_000);
        assertThat(all.path("nodes").path(1).path("lag").asLong()).isZero();
        assertThat(all.path("nodes").path(1).path("uptimeSeconds").asLong()).isLessThan(90);
      }
      assertThat(cluster(one).path("nodes").findValuesAsText("name")).containsExactly("one");
      // a node that was killed has not left
      try (Connection connection = PostgresServer.connectTo(database);
          Statement statement = connection.createStatement()) {
        statement.execute(
            "INSERT INTO nodes SELECT 'killed', 'killed', version, 7, 7, head, lag, started_at,"
                + " reported_at FROM nodes");
        assertThat(cluster(one).path("nodes").findValuesAsText("name")).contains("killed");
        statement.execute(
            "UPDATE nodes SET reported_at = reported_at - INTERVAL '11 s' WHERE name = 'killed'");
        assertThat(cluster(one).path("nodes").findValuesAsText("name")).containsExactly("one");
        statement.execute(
            "UPDATE nodes SET reported_at = reported_at - INTERVAL '1 h' WHERE name = 'killed'");
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> statement.executeUpdate("UPDATE nodes SET lag = lag") == 1);
      }
    }
  }

  @Test
  void shouldShowAdministratorsEachNode() throws Exception {
    String database = TestStore.postgres().newDatabase();
    try (ApiServer one = node("one", database);
        ApiServer other = node("other", database)) {
      one.create(TestAddresses.account(1));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                JsonNode nodes = JSON.readTree(other.get("/v1/admin/nodes").body());
                assertThat(nodes.path("head").asLong()).isEqualTo(1);
                assertThat(nodes.path("nodes").findValuesAsText("name"))
                    .containsExactly("one", "other");
                assertThat(nodes.path("nodes").findValuesAsText("head")).containsExactly("1", "1");
                assertThat(nodes.path("nodes").findValuesAsText("self"))
                    .containsExactly("false", "true");
              });
    }
  }

  @Test
  void shouldListANodeThatIsAlone() throws Exception {
    try (ApiServer node = new ApiServer(directory, Map.of())) {
      JsonNode nodes = JSON.readTree(node.get("/v1/admin/nodes").body()).path("nodes");
      assertThat(nodes).hasSize(1);
      assertThat(nodes.path(0).path("self").asBoolean()).isTrue();
      assertThat(nodes.path(0).path("maxConnections").asInt()).isEqualTo(10_000);
      assertThat(Instant.parse(nodes.path(0).path("since").asText()))
          .isBetween(ApiServer.START.minusSeconds(90), ApiServer.START);
      assertThat(node.get("/v1/admin/nodes?node=1").statusCode()).isEqualTo(400);
      JsonNode all = cluster(node);
      assertThat(all.path("nodes")).hasSize(1);
      assertThat(all.path("maxConnections").asInt()).isEqualTo(10_000);
      assertThat(node.get("/v1/events/stats?scope=node").body()).doesNotContain("cluster");
      assertThat(node.get("/v1/events/stats?scope=all").statusCode()).isEqualTo(400);
    }
  }
}

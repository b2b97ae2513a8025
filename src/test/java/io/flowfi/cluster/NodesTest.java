package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.cluster.NodeStore.LiveNode;
import io.flowfi.cluster.NodeStore.Member;
import io.flowfi.cluster.NodeStore.Report;
import io.flowfi.log.LogPosition;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The list of nodes in their database. */
class NodesTest {
  private static final Report BEHIND =
      new Report(
          "id of a",
          Optional.of("a"),
          Optional.of(URI.create("http://10.0.0.5:3001")),
          "1.2.3",
          3,
          10,
          new LogPosition(47));

  /** It has no name, and has passed on what the statement does not see yet. */
  private static final Report AHEAD =
      new Report(
          "id of b", Optional.empty(), Optional.empty(), "1.2.4", 0, 20, new LogPosition(51));

  private final String database = TestStore.postgres().newDatabase();
  private SqlStore store;
  private NodeStore nodes;

  @BeforeEach
  void open() throws SQLException {
    store = PostgresStore.open(PostgresSettings.parse(database));
    nodes = store.cluster().orElseThrow().nodes();
    execute("UPDATE log_head SET seq = 50");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private int execute(String sql) throws SQLException {
    try (Connection connection = PostgresServer.connectTo(database);
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private void age(String column, String by, Report node) throws SQLException {
    assertThat(
            execute(
                "UPDATE nodes SET %s = %s - INTERVAL '%s' WHERE node_id = '%s'"
                    .formatted(column, column, by, node.id())))
        .isEqualTo(1);
  }

  /** How many live as of this report. */
  private int living(Report report) {
    return nodes.report(report, Map.of()).living().size();
  }

  @Test
  void shouldTellWhatEachNodeSaysAndHowFarItIsBehind() throws SQLException {
    assertThat(living(BEHIND)).isEqualTo(1);
    assertThat(living(AHEAD)).isEqualTo(2);
    assertThat(nodes.live()).extracting(LiveNode::report).containsExactly(BEHIND, AHEAD);
    assertThat(nodes.live()).extracting(LiveNode::lag).containsExactly(3L, 0L);

    Report later =
        new Report(
            BEHIND.id(), BEHIND.name(), BEHIND.url(), BEHIND.version(), 9, 11, new LogPosition(50));
    age("started_at", "1 min", AHEAD);
    assertThat(living(later)).isEqualTo(2);
    assertThat(nodes.live())
        .extracting(LiveNode::report)
        .as("the oldest first")
        .containsExactly(AHEAD, later);
    assertThat(nodes.live()).extracting(LiveNode::lag).containsExactly(0L, 0L);
    assertThat(living(AHEAD)).isEqualTo(2); // which is no start
    assertThat(nodes.live().get(0).uptime())
        .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
    nodes.leave(AHEAD.id());
    assertThat(nodes.live()).extracting(LiveNode::report).containsExactly(later);
  }

  @Test
  void shouldMissANodeThatDoesNotReport() throws SQLException {
    living(BEHIND);
    living(AHEAD);
    age("reported_at", "5 s", BEHIND);
    assertThat(nodes.live()).hasSize(2);
    assertThat(living(AHEAD)).isEqualTo(2);
    age("reported_at", "5 s", BEHIND);
    assertThat(nodes.live()).extracting(LiveNode::report).containsExactly(AHEAD);
    assertThat(living(AHEAD)).isEqualTo(1);

    age("reported_at", "59 min", BEHIND);
    living(AHEAD);
    assertThat(execute("UPDATE nodes SET lag = lag")).as("it may report again").isEqualTo(2);
    assertThat(living(BEHIND)).isEqualTo(2);
    age("reported_at", "1 h", BEHIND);
    living(AHEAD);
    assertThat(execute("UPDATE nodes SET lag = lag")).as("it was killed").isEqualTo(1);
  }

  @Test
  void shouldTellTheOthersWhatSlotsANodeHas() throws SQLException {
    Map<String, Integer> first = Map.of("a:10.0.0.1", 50, "poll:u:GALICE", 20);
    assertThat(nodes.report(BEHIND, first).living())
        .as("what it has itself it knows better")
        .containsExactly(new Member(BEHIND.id(), Map.of()));
    assertThat(nodes.report(AHEAD, Map.of("export:a:2001:db8:0:1", 1)).living())
        .as("the oldest first")
        .containsExactly(new Member(BEHIND.id(), first), new Member(AHEAD.id(), Map.of()));
    assertThat(nodes.report(BEHIND, Map.of()).living())
        .containsExactly(
            new Member(BEHIND.id(), Map.of()),
            new Member(AHEAD.id(), Map.of("export:a:2001:db8:0:1", 1)));
    age("started_at", "1 min", AHEAD);
    assertThat(nodes.report(AHEAD, Map.of()).living())
        .as("what is given back is not told any more")
        .containsExactly(new Member(AHEAD.id(), Map.of()), new Member(BEHIND.id(), Map.of()));
    assertThat(execute("UPDATE nodes SET lag = lag WHERE slots IS NULL"))
        .as("rows that stay small")
        .isEqualTo(2);
    age("reported_at", "10 s", BEHIND);
    assertThat(nodes.report(AHEAD, Map.of()).living())
        .as("what a dead node had is free")
        .containsExactly(new Member(AHEAD.id(), Map.of()));
  }

  /** Older nodes write nothing; what later ones might write must not keep a node from reporting. */
  @Test
  void shouldUnderstandOfOtherVersionsWhatItCan() throws SQLException {
    nodes.report(BEHIND, Map.of());
    execute(
        "UPDATE nodes SET slots = E'\\na:10.0.0.1 7\\nelse\\n{\"a\": 1}\\nb 9999999999\\nu:B 2'");
    assertThat(nodes.report(AHEAD, Map.of()).living())
        .containsExactly(
            new Member(BEHIND.id(), Map.of("a:10.0.0.1", 7, "u:B", 2)),
            new Member(AHEAD.id(), Map.of()));
  }
}

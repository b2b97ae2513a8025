package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import io.flowfi.store.ReadUse;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What a node's sessions are bound by, whatever the database's own settings say. */
class SessionLimitsTest {
  private final String url = TestStore.postgres().newDatabase();
  private SqlStore store;

  @BeforeEach
  void openWithAServerThatBoundsNothing() throws SQLException {
    setForAll(
        "synchronous_commit = 'off'",
        "lock_timeout = 0",
        "statement_timeout = 0",
        "idle_in_transaction_session_timeout = 0");
    store = PostgresStore.open(PostgresSettings.parse(url));
  }

  private void setForAll(String... settings) throws SQLException {
    try (Connection connection = PostgresServer.connectTo(url);
        Statement statement = connection.createStatement()) {
      for (String setting : settings) {
        statement.execute("ALTER DATABASE " + connection.getCatalog() + " SET " + setting);
      }
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static List<String> shown(DataSource source, String... names) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      for (String name : names) {
        try (ResultSet row = statement.executeQuery("SHOW " + name)) {
          row.next();
          values.add(row.getString(1));
        }
      }
    }
    return values;
  }

  private static List<String> limits(DataSource source) throws SQLException {
    return shown(
        source, "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout");
  }

  /** One that stands still is ended before another gives up its wait. */
  @Test
  void shouldBoundEveryWait() throws SQLException {
    assertThat(limits(StoreParts.writer(store))).containsExactly("4s", "8s", "2s");
    for (ReadUse use : ReadUse.values()) {
      assertThat(limits(StoreParts.readers(store, use))).containsExactly("4s", "30s", "30s");
      assertThat(shown(StoreParts.readers(store, use), "transaction_read_only"))
          .containsExactly("on");
    }
  }

  /** A request waits for them, and what they wrote must be there after a crash: spent tickets. */
  @Test
  void shouldBoundEveryWaitForWhatNodesShare() throws SQLException {
    PostgresDatabase database = new PostgresDatabase(PostgresSettings.parse(url));
    try {
      assertThat(limits(database.shared())).containsExactly("1s", "1500ms", "2s");
      assertThat(shown(database.shared(), "synchronous_commit")).containsExactly("on");
      assertThat(database.shared().getConnectionTimeout()).isEqualTo(1_000);
      assertThat(socketMillis(database.shared())).isEqualTo(2_000);
    } finally {
      database.close();
    }
  }

  /** An operator's limits are for requests; and what was imported must be there after a crash. */
  @Test
  void shouldLetMigrationsAndMovesTakeTheirTime() throws SQLException {
    setForAll(
        "lock_timeout = '7s'",
        "statement_timeout = '7s'",
        "idle_in_transaction_session_timeout = '7s'");
    PostgresDatabase database = new PostgresDatabase(PostgresSettings.parse(url));
    try {
      assertThat(limits(database.migrations())).containsExactly("0", "0", "0");
      assertThat(shown(database.migrations(), "synchronous_commit")).containsExactly("on");
      assertThat(socketMillis(database.migrations())).isEqualTo(3_600_000);
      assertThat(socketMillis(database.connections())).isEqualTo(40_000);
    } finally {
      database.close();
    }
  }

  /** Its session waits meanwhile; an operator's limit is for requests. */
  @Test
  void shouldBeAloneForAsLongAsTheWorkTakes() throws SQLException {
    setForAll("idle_in_transaction_session_timeout = '100ms'");
    assertThat(
            store.alone(
                () ->
                    assertThatCode(this::awaitTheEndOfAnotherSessionThatWaits)
                        .doesNotThrowAnyException()))
        .isTrue();
  }

  private void awaitTheEndOfAnotherSessionThatWaits() throws SQLException {
    try (Connection waiting = PostgresServer.connectTo(url);
        Statement statement = waiting.createStatement();
        Connection watch = PostgresServer.connectTo(url);
        Statement look = watch.createStatement()) {
      waiting.setAutoCommit(false);
      statement.execute("SELECT 1");
      int pid = waiting.unwrap(PGConnection.class).getBackendPID();
      await()
          .until(
              () -> {
                try (ResultSet row =
                    look.executeQuery("SELECT 1 FROM pg_stat_activity WHERE pid = " + pid)) {
                  return !row.next();
                }
              });
    }
  }

  /** A server that is cut off ends nothing: then the node itself gives up. */
  @Test
  void shouldBoundEveryWaitForAnAnswer() throws SQLException {
    assertThat(socketMillis(StoreParts.writer(store))).isEqualTo(10_000);
    for (ReadUse use : ReadUse.values()) {
      assertThat(socketMillis(StoreParts.readers(store, use))).isEqualTo(40_000);
    }
  }

  private static int socketMillis(DataSource source) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return connection.getNetworkTimeout();
    }
  }

  /** Otherwise a crash of the server would lose what was acknowledged. */
  @Test
  void shouldWaitForTheDisk() throws SQLException {
    assertThat(shown(StoreParts.writer(store), "synchronous_commit")).containsExactly("on");
  }

  /** Of two servers, as synchronous replication needs it, an operator may choose. */
  @Test
  void shouldLeaveAnOperatorsChoiceThatWaitsForTheDisk() throws SQLException {
    try (Connection connection = PostgresServer.connectTo(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "ALTER DATABASE " + connection.getCatalog() + " SET synchronous_commit = 'remote_apply'");
    }
    store.close();
    store = PostgresStore.open(PostgresSettings.parse(url));
    assertThat(shown(StoreParts.writer(store), "synchronous_commit"))
        .containsExactly("remote_apply");
  }
}

package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.StoreException.Kind;
import io.flowfi.store.sqlite.EmbeddedStore;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteDataSource;

/** What an error of the database means for the commands behind it. */
class DatabaseErrorsTest {
  @TempDir Path directory;
  private SqlStore store;

  @BeforeEach
  void open() {
    store = EmbeddedStore.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Kind kind(Throwable error) {
    return DatabaseErrors.kind(error, store.dialect());
  }

  /** Codes of PostgreSQL's manual, appendix A. */
  @ParameterizedTest
  @CsvSource({
    "40001, RETRY",
    "40P01, RETRY",
    "40003, OUTAGE", // a commit with an unknown result
    "23505, COMMAND",
    "23514, COMMAND",
    "22021, COMMAND",
    "08006, OUTAGE",
    "53100, OUTAGE",
    "57P01, OUTAGE",
    "XX000, OUTAGE",
    "'', OUTAGE",
    ", OUTAGE"
  })
  void shouldGoByTheStandardsCodes(String state, Kind expected) {
    SQLException error = new SQLException("x", state);
    assertThat(kind(error)).isEqualTo(expected);
    assertThat(kind(new IllegalStateException(error))).as("wrapped").isEqualTo(expected);
    SQLException batch = new BatchUpdateException("x", null, 0, new int[0], null);
    batch.setNextException(error);
    assertThat(kind(batch)).as("behind that of a batch").isEqualTo(expected);
  }

  private SQLException failure(String... statements) {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    try (Connection connection = file.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 0");
      for (String sql : statements) {
        statement.execute(sql);
      }
      throw new AssertionError("nothing failed");
    } catch (SQLException e) {
      return e;
    }
  }

  @Test
  void shouldGoByWhatSqliteSays() throws SQLException {
    assertThat(
            kind(
                failure(
                    "INSERT INTO log_head (id, seq, oldest, next_stream_id) VALUES (2, 0, 0, 0)")))
        .isEqualTo(Kind.COMMAND);
    assertThat(kind(failure("INSERT INTO events (seq, type) VALUES ('one', 'x')")))
        .isEqualTo(Kind.COMMAND);
    assertThat(kind(failure("SELECT nothing"))).isEqualTo(Kind.OUTAGE);
    assertThat(
            kind(
                failure("PRAGMA max_page_count = 1", "CREATE TABLE t AS SELECT zeroblob(5000000)")))
        .as("a full disk")
        .isEqualTo(Kind.OUTAGE);
    try (Connection writer = store.writer().getConnection()) {
      writer.setAutoCommit(false);
      assertThat(kind(failure("UPDATE log_head SET seq = 1"))).as("busy").isEqualTo(Kind.RETRY);
      writer.rollback();
    }
  }
}

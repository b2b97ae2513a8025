package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class PostgresDialectTest {
  private final PostgresDialect dialect = new PostgresDialect();

  /** The last is that of a server that has failed, of which its successor has not heard. */
  @Test
  void shouldKnowWhatBecameOfATransaction() throws SQLException {
    try (Connection connection = PostgresServer.connectTo(TestStore.postgres().newDatabase())) {
      connection.setAutoCommit(false);
      String kept = transaction(connection);
      connection.commit();
      String undone = transaction(connection);
      connection.rollback();
      assertThat(dialect.mayBeCommitted(connection, kept)).isTrue();
      assertThat(dialect.mayBeCommitted(connection, undone)).isFalse();
      String ofAnotherServer = Long.toString(Long.parseLong(undone) + 1_000_000);
      assertThat(dialect.mayBeCommitted(connection, ofAnotherServer)).isFalse();
    }
  }

  private static String transaction(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT CAST(pg_current_xact_id() AS TEXT)")) {
      row.next();
      return row.getString(1);
    }
  }
}

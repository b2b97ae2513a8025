package io.flowfi.store.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Whether a connection is one session of the server. Poolers such as pgbouncer may give the session
 * of another after each transaction or statement. With these the time limits of a node, and that
 * its commits wait for the disk, would hold for whoever comes next, and a reader's session would
 * refuse a writer.
 */
final class SessionCheck {
  /** Nobody else reads a setting of this name. */
  private static final String SETTING = "flowfi.session";

  /** A pooler that has no transactions says it so. */
  private static final String PROTOCOL_VIOLATION = "08P01";

  /** A pooler may give the right session by chance, when others use it at the same time. */
  private static final int ROUNDS = 3;

  private SessionCheck() {}

  /** Whether what is set in a session is still set when others have had a transaction. */
  static boolean keepsSessions(DataSource source) throws SQLException {
    try (Connection ours = source.getConnection();
        Connection other = source.getConnection()) {
      ours.setAutoCommit(true);
      other.setAutoCommit(false);
      for (int round = 0; round < ROUNDS; round++) {
        if (!keepsSession(ours, other)) {
          return false;
        }
      }
      execute(ours, "RESET " + SETTING);
      return true;
    }
  }

  private static boolean keepsSession(Connection ours, Connection other) throws SQLException {
    String mark = UUID.randomUUID().toString();
    try {
      execute(ours, "SET " + SETTING + " = '" + mark + "'");
      setting(other); // its transaction takes the session that was used last, if it is free
      boolean kept = mark.equals(setting(ours));
      other.rollback();
      return kept;
    } catch (SQLException e) {
      if (PROTOCOL_VIOLATION.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String setting(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT current_setting('" + SETTING + "', true) AS setting")) {
      row.next();
      return row.getString("setting");
    }
  }
}

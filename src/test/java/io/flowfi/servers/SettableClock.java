package io.flowfi.servers;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * The clock of one database, which a test sets as an operator sets that of a machine. What asks for
 * {@code clock_timestamp()} gets it; open sessions do not, unless they have begun since.
 */
public final class SettableClock {
  private final String databaseUrl;

  /**
   * @param databaseUrl of a database to which nobody is connected yet
   */
  public SettableClock(String databaseUrl) {
    this.databaseUrl = databaseUrl;
    // a schema before that of PostgreSQL's own functions, and not the first: tables go there
    execute(
        "CREATE SCHEMA settable;"
            + " CREATE TABLE settable.clock (ahead INTERVAL NOT NULL);"
            + " INSERT INTO settable.clock VALUES ('0');"
            + " CREATE FUNCTION settable.clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE sql VOLATILE"
            + " AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM settable.clock';"
            + " DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path ="
            + " public, settable, pg_catalog', current_database()); END $$");
  }

  /** From now on it is ahead of the machine's by so much; negative if it is behind. */
  public void setAhead(Duration by) {
    execute("UPDATE settable.clock SET ahead = INTERVAL '" + by.toSeconds() + " s'");
  }

  private void execute(String sql) {
    try (Connection connection = PostgresServer.connectTo(databaseUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

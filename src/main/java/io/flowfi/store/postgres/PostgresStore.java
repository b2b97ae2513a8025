package io.flowfi.store.postgres;

import io.flowfi.log.LogPurpose;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.store.Drivers;
import io.flowfi.store.Schema;
import io.flowfi.store.SqlStore;
import io.flowfi.store.UnreachableStoreException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.Driver;

/** Opens the store in a PostgreSQL database. */
public final class PostgresStore {
  private static final int OLDEST = 14;

  /** {@code unique_violation}, {@code duplicate_schema}. */
  private static final Set<String> CREATED_MEANWHILE = Set.of("23505", "42P06");

  private PostgresStore() {}

  /** The same as {@link #open(PostgresSettings, LogPurpose)}, for a real log. */
  public static SqlStore open(PostgresSettings settings) {
    return open(settings, LogPurpose.REAL);
  }

  /**
   * Opens the database, creates or migrates its tables.
   *
   * @param purpose what its log is for
   * @throws UnreachableStoreException if its server does not answer
   * @throws IllegalStateException if the database cannot be used; the message is a line for the
   *     operator
   */
  public static SqlStore open(PostgresSettings settings, LogPurpose purpose) {
    // before there are pools: they would only say that they have no connection, and a pooler that
    // is refused for it would give what they have set in their sessions to the check, or to others
    check(settings);
    PostgresDatabase database = new PostgresDatabase(settings);
    try {
      if (purpose == LogPurpose.SANDBOX) {
        createSchema(database, settings.schema().orElseThrow());
      }
      Schema schema = new Schema(database);
      if (schema.breakingVersion().isPresent()) {
        throw new IllegalStateException(
            "the database of DATABASE_URL (%s) belongs to a later version of FlowFi Events (schema %s); start that version"
                .formatted(settings, schema.breakingVersion().get()));
      }
      schema.migrate();
      return new SqlStore(database, purpose);
    } catch (FlywayException | LogUnavailableException | SQLException e) {
      database.close();
      throw UnusableDatabase.because(settings, e);
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }

  /** Its name is ours; two nodes may create it at once. */
  private static void createSchema(PostgresDatabase database, String name) throws SQLException {
    try (Connection connection = database.connections().getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet there =
          statement.executeQuery("SELECT 1 FROM pg_namespace WHERE nspname = '" + name + "'")) {
        if (there.next()) {
          return;
        }
      }
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + name);
    } catch (SQLException e) {
      if (!CREATED_MEANWHILE.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
    }
  }

  private static void check(PostgresSettings settings) {
    try {
      check(PostgresDatabase.source(settings), settings);
    } catch (SQLException e) {
      throw UnusableDatabase.because(settings, e);
    } finally {
      Drivers.deregister(Driver.class); // no pools may ever follow, which would do it
    }
  }

  private static void check(DataSource source, PostgresSettings settings) throws SQLException {
    try (Connection connection = source.getConnection()) {
      DatabaseMetaData server = connection.getMetaData();
      String product = server.getDatabaseProductName();
      if (!product.equals("PostgreSQL") || server.getDatabaseMajorVersion() < OLDEST) {
        throw new IllegalStateException(
            "the database of DATABASE_URL (%s) is %s %s; it must be PostgreSQL %d or later"
                .formatted(settings, product, server.getDatabaseProductVersion(), OLDEST));
      }
    }
    if (!SessionCheck.keepsSessions(source)) {
      throw new IllegalStateException(
          "the database of DATABASE_URL (%s) is behind a pooler that gives a connection for one transaction or statement only; set pool_mode=session there, or name PostgreSQL itself"
              .formatted(settings));
    }
  }
}

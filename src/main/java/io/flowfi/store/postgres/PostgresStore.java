package io.flowfi.store.postgres;

import io.flowfi.log.LogUnavailableException;
import io.flowfi.store.Schema;
import io.flowfi.store.SqlStore;
import io.flowfi.store.UnreachableStoreException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;

/** Opens the store in a PostgreSQL database. */
public final class PostgresStore {
  private static final int OLDEST = 14;

  private PostgresStore() {}

  /**
   * Opens the database, creates or migrates its tables.
   *
   * @throws UnreachableStoreException if its server does not answer
   * @throws IllegalStateException if the database cannot be used; the message is a line for the
   *     operator
   */
  public static SqlStore open(PostgresSettings settings) {
    PostgresDatabase database = new PostgresDatabase(settings);
    try {
      // before the pools: they would only say that they have no connection
      check(database, settings);
      Schema schema = new Schema(database);
      if (schema.breakingVersion().isPresent()) {
        throw new IllegalStateException(
            "the database of DATABASE_URL (%s) belongs to a later version of FlowFi Events (schema %s); start that version"
                .formatted(settings, schema.breakingVersion().get()));
      }
      schema.migrate();
      return new SqlStore(database);
    } catch (FlywayException | LogUnavailableException | SQLException e) {
      database.close();
      throw UnusableDatabase.because(settings, e);
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }

  private static void check(PostgresDatabase database, PostgresSettings settings)
      throws SQLException {
    try (Connection connection = database.migrations().getConnection()) {
      DatabaseMetaData server = connection.getMetaData();
      String product = server.getDatabaseProductName();
      if (!product.equals("PostgreSQL") || server.getDatabaseMajorVersion() < OLDEST) {
        throw new IllegalStateException(
            "the database of DATABASE_URL (%s) is %s %s; it must be PostgreSQL %d or later"
                .formatted(settings, product, server.getDatabaseProductVersion(), OLDEST));
      }
    }
  }
}

package io.flowfi.store.postgres;

import io.flowfi.log.LogUnavailableException;
import io.flowfi.store.Schema;
import io.flowfi.store.SqlStore;
import org.flywaydb.core.api.FlywayException;

/** Opens the store in a PostgreSQL database. */
public final class PostgresStore {
  private PostgresStore() {}

  /**
   * Opens the database, creates or migrates its tables.
   *
   * @throws IllegalStateException if the database cannot be used; the message is a line for the
   *     operator
   */
  public static SqlStore open(PostgresSettings settings) {
    PostgresDatabase database = new PostgresDatabase(settings);
    try {
      new Schema(database).migrate();
      return new SqlStore(database);
    } catch (FlywayException | LogUnavailableException e) {
      database.close();
      throw UnusableDatabase.because(settings, e);
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }
}

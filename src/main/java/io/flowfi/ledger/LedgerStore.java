package io.flowfi.ledger;

import io.flowfi.log.EventLog;
import io.flowfi.log.StreamStates;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/**
 * The durable store: streams, the log of their events, and first answers. Gives out the ways to
 * read it; only the {@link StreamLedger} writes.
 */
public final class LedgerStore implements AutoCloseable {
  private final EmbeddedDatabase database;
  private final SqlEventLog log;
  private final StreamQueries streams;
  private final EventHistory history;
  private final SqlStreamStates states;

  private LedgerStore(EmbeddedDatabase database) {
    this.database = database;
    Jdbi reads = Jdbi.create(database.readers());
    this.log = new SqlEventLog(reads);
    this.streams = new StreamQueries(reads);
    this.history = new EventHistory(reads);
    this.states = new SqlStreamStates(reads);
  }

  /**
   * Opens the embedded database of a directory, creates or migrates it.
   *
   * @throws IllegalStateException if another server uses the directory
   */
  public static LedgerStore openEmbedded(Path dataDirectory) {
    EmbeddedDatabase database = new EmbeddedDatabase(dataDirectory.toAbsolutePath().normalize());
    try {
      Flyway.configure(LedgerStore.class.getClassLoader())
          .dataSource(database.writer())
          .locations("classpath:db/migration/common")
          .placeholders(Map.of("text", "TEXT", "key", "INTEGER", "clustered", "WITHOUT ROWID"))
          .load()
          .migrate();
      return new LedgerStore(database);
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }

  DataSource writer() {
    return database.writer();
  }

  public EventLog log() {
    return log;
  }

  public StreamQueries streams() {
    return streams;
  }

  public StreamStates states() {
    return states;
  }

  public EventHistory history() {
    return history;
  }

  /** Whether the store answers a read within {@code seconds}. */
  public boolean isReadable(int seconds) {
    try (Connection connection = database.readers().getConnection()) {
      return connection.isValid(seconds);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    database.close();
  }
}

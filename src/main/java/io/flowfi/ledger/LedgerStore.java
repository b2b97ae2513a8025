package io.flowfi.ledger;

import io.flowfi.health.HealthCheck;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.StreamStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;

/**
 * The durable store: streams, the log of their events, and first answers. Gives out the ways to
 * read it; only the {@link StreamLedger} writes.
 */
public final class LedgerStore implements HealthCheck, AutoCloseable {
  private final EmbeddedDatabase database;
  private final StoreProbe probe;
  private final StreamQueries streams;
  private final EventHistory history;
  private final LogIdentity identity;

  private LedgerStore(EmbeddedDatabase database) {
    this.database = database;
    this.identity = SqlEventLog.identify(Jdbi.create(database.writer())); // it alone may fail
    this.probe = new StoreProbe(database.readers(ReadUse.HEALTH));
    this.streams = new StreamQueries(reads(ReadUse.REQUESTS));
    this.history = new EventHistory(reads(ReadUse.HISTORY));
  }

  /**
   * Opens the embedded database of a directory, creates or migrates it.
   *
   * @throws IllegalStateException if the directory or the database cannot be used; the message is a
   *     line for the operator
   */
  public static LedgerStore openEmbedded(Path dataDirectory) {
    Path directory = dataDirectory.toAbsolutePath().normalize();
    EmbeddedDatabase database = new EmbeddedDatabase(directory);
    try {
      Flyway flyway =
          Flyway.configure(LedgerStore.class.getClassLoader())
              .dataSource(database.writer())
              .locations("classpath:db/migration/common")
              .placeholders(Map.of("text", "TEXT", "key", "INTEGER", "clustered", "WITHOUT ROWID"))
              .load();
      UnusableStore.refuseLaterThan(flyway, directory);
      if (flyway.info().pending().length > 0) {
        UnusableStore.refuseWithoutRoom(directory, Files.getFileStore(directory).getUsableSpace());
        flyway.migrate();
      }
      LedgerStore store = new LedgerStore(database);
      store.log().bounds(); // the first page that is read of it
      return store;
    } catch (FlywayException | LogUnavailableException | IOException e) {
      database.close();
      throw UnusableStore.because(directory, e);
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }

  DataSource writer() {
    return database.writer();
  }

  /** Connections that cannot write. */
  DataSource readers(ReadUse use) {
    return database.readers(use);
  }

  private Jdbi reads(ReadUse use) {
    return Jdbi.create(readers(use));
  }

  /** The log for single requests. */
  public EventLog log() {
    return new SqlEventLog(reads(ReadUse.REQUESTS), identity);
  }

  /** The log for the feed alone. */
  public EventLog feedLog() {
    return new SqlEventLog(reads(ReadUse.FEED), identity);
  }

  /** The log for subscribers that have fallen behind. */
  public EventLog replayLog() {
    return new SqlEventLog(reads(ReadUse.REPLAYS), identity);
  }

  /** The streams for single requests. */
  public StreamQueries streams() {
    return streams;
  }

  /** The states that subscribers begin with. */
  public StreamStates states() {
    return new SqlStreamStates(reads(ReadUse.SNAPSHOTS));
  }

  /** Pages of the past; all who read them take turns. */
  public EventHistory history() {
    return history;
  }

  /** Whether the store answers a read within {@code seconds}. */
  public boolean isReadable(int seconds) {
    return probe.answersWithin(Duration.ofSeconds(seconds));
  }

  @Override
  public String name() {
    return "store";
  }

  @Override
  public Optional<String> trouble() {
    return HealthCheck.trouble(!isReadable(1), "cannot be read");
  }

  @Override
  public void close() {
    probe.close();
    database.close();
  }
}

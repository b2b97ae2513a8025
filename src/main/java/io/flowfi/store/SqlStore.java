package io.flowfi.store;

import com.zaxxer.hikari.HikariDataSource;
import io.flowfi.cluster.ClusterStore;
import io.flowfi.health.HealthCheck;
import io.flowfi.ledger.ChainRecords;
import io.flowfi.ledger.LedgerStore;
import io.flowfi.ledger.StoreException;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.StreamStates;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.query.EventHistory;
import io.flowfi.query.StreamQueries;
import io.flowfi.time.ClockDoubt;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/**
 * The durable store: streams, the log of their events, and first answers, in the tables of a
 * database. It offers the ways to read, and the one way to write.
 */
public final class SqlStore implements HealthCheck, AutoCloseable {
  private final Database database;
  private final StoreProbe probe;
  private final StreamQueries streams;
  private final EventHistory history;
  private final LogIdentity identity;

  /**
   * Takes a database whose {@link Schema} is up to date. The store closes it; if this constructor
   * fails the caller does.
   *
   * @param purpose what its log is for
   * @throws LogUnavailableException if it cannot be read
   * @throws IllegalStateException if its log is for something else; the message is a line for the
   *     operator
   */
  public SqlStore(Database database, LogPurpose purpose) {
    this.database = database;
    this.identity =
        SqlEventLog.identify(
            Jdbi.create(database.writer()), purpose); // the only step that may fail
    if (identity.purpose() != purpose) {
      throw new IllegalStateException(
          purpose == LogPurpose.SANDBOX
              ? "the database of the sandbox holds the log %s, which is a real one: move it away"
                  .formatted(identity)
              : "the database holds the log %s, which is that of a sandbox: it must not be served as real"
                  .formatted(identity));
    }
    this.probe = new StoreProbe(database.readers(ReadUse.HEALTH));
    this.streams = new SqlStreamQueries(reads(ReadUse.REQUESTS));
    this.history = new SqlEventHistory(reads(ReadUse.HISTORY), identity);
    log().bounds(); // reads the first page
  }

  DataSource writer() {
    return database.writer();
  }

  /** Connections that cannot write. */
  DataSource readers(ReadUse use) {
    return database.readers(use);
  }

  Dialect dialect() {
    return database.dialect();
  }

  /** For work beside the server that no time limit may end. */
  DataSource migrations() {
    return database.migrations();
  }

  /** The version of the log's tables, a whole number. */
  String schemaVersion() {
    return Schema.commonVersion(database);
  }

  private Reads reads(ReadUse use) {
    return new Reads(readers(use), dialect());
  }

  private EventLog log(ReadUse use) {
    return new SqlEventLog(reads(use), identity, dialect());
  }

  /** The way to write, for the ledger only. */
  public LedgerStore ledger() {
    return () -> new LedgerConnection(writer(), dialect());
  }

  /**
   * Makes the log follow a contract from now on, and says how stream ids are divided then.
   *
   * @param contract empty follows none; a contract that the log has followed keeps its ids
   * @param network the passphrase of its network
   * @throws IllegalStateException if ids of the log would have two meanings; the message is a line
   *     for the operator
   */
  public StreamNumbering follow(Optional<Address> contract, String network) {
    return FollowedContract.bind(Jdbi.create(database.writer()), contract, network);
  }

  /**
   * What only the nodes of this log know.
   *
   * @throws LogUnavailableException if it cannot be read
   */
  public LogSecret secret() {
    return SqlEventLog.secret(Jdbi.create(database.writer()));
  }

  /** What several nodes share; empty if the database belongs to one. */
  public Optional<ClusterStore> cluster() {
    return database.cluster();
  }

  /** The log for single requests. */
  public EventLog log() {
    return log(ReadUse.REQUESTS);
  }

  /** The log for the feed only. */
  public EventLog feedLog() {
    return log(ReadUse.FEED);
  }

  /** The log for subscribers that have fallen behind. */
  public EventLog replayLog() {
    return log(ReadUse.REPLAYS);
  }

  /** The streams for single requests. */
  public StreamQueries streams() {
    return streams;
  }

  /**
   * What is stored of a clock that was ahead.
   *
   * @throws LogUnavailableException if it cannot be read
   */
  public ClockDoubt clockDoubt() {
    return SqlEventLog.clockDoubt(reads(ReadUse.REQUESTS));
  }

  /** What is known of the chain. */
  public ChainRecords chain() {
    return new SqlChainRecords(reads(ReadUse.REQUESTS));
  }

  /** The states that subscribers begin with. */
  public StreamStates states() {
    return new SqlStreamStates(reads(ReadUse.SNAPSHOTS), dialect());
  }

  /** Totals over everything, for one thread at a time. */
  public TotalsReader totals() {
    return new TotalsReader(reads(ReadUse.REQUESTS));
  }

  /** Pages of the past; all readers take turns. */
  public EventHistory history() {
    return history;
  }

  /**
   * Does some work, unless another node that shares the database is in such work now. A node whose
   * connection ends meanwhile is no longer alone.
   *
   * @return whether it was done
   * @throws StoreException if the database does not answer
   */
  public boolean alone(Runnable work) {
    return database.alone(work);
  }

  /** The pools of connections, as they are now. */
  public List<PoolStatistics> pools() {
    return Stream.concat(
            Stream.of(database.writer()), Arrays.stream(ReadUse.values()).map(database::readers))
        .filter(HikariDataSource.class::isInstance)
        .map(pool -> Pools.statistics((HikariDataSource) pool))
        .toList();
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

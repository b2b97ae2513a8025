package io.flowfi.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.flowfi.cluster.ClusterStore;
import io.flowfi.ledger.StoreException;
import io.flowfi.store.Database;
import io.flowfi.store.Dialect;
import io.flowfi.store.Drivers;
import io.flowfi.store.Pools;
import io.flowfi.store.ReadUse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.Driver;

/**
 * The pools of a PostgreSQL database, none of which needs the server at once: some begin with a
 * connection, others have one when they are asked for it.
 *
 * <p>Every wait has an end. A node that stops in the middle of a transaction holds the row that all
 * writers need; the server ends its session after two seconds ({@code
 * idle_in_transaction_session_timeout}), and others wait a little longer than that ({@code
 * lock_timeout}). All tries of the ledger together end before its own time limit.
 */
final class PostgresDatabase implements Database {
  private static final long CONNECTION_MILLIS = 5_000;
  private static final long VALIDATION_MILLIS = 2_000;

  /** Connections that nobody needs are given back after this. */
  private static final long IDLE_MILLIS = 120_000;

  private static final int WRITER_SOCKET_SECONDS = 10;
  private static final int READER_SOCKET_SECONDS = 40;

  /** An index of a large log is made in many minutes, in which the server says nothing. */
  private static final int MIGRATION_SOCKET_SECONDS = 3_600;

  /** Requests wait for these. */
  private static final int SHARED_CONNECTIONS = 3;

  private static final long SHARED_CONNECTION_MILLIS = 1_000;
  private static final int SHARED_SOCKET_SECONDS = 2;

  private static final String WRITER = writing("4s", "8s");
  private static final String SHARED = writing("1s", "1500ms");

  private static final String READER =
      "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY;"
          + " SET idle_in_transaction_session_timeout = '30s';"
          + " SET lock_timeout = '4s';"
          + " SET statement_timeout = '30s'";

  /** A server that was set not to wait for its disk would lose what was acknowledged. */
  private static final String DURABLE =
      " SELECT set_config('synchronous_commit', 'on', false)"
          + " WHERE current_setting('synchronous_commit') = 'off'";

  /** Whatever limits an operator has set for everybody. */
  private static final String MIGRATING =
      "SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0;"
          + " SET statement_timeout = 0;"
          + DURABLE;

  private static String writing(String lock, String statement) {
    return "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;"
        + " SET idle_in_transaction_session_timeout = '2s';"
        + " SET lock_timeout = '%s';".formatted(lock)
        + " SET statement_timeout = '%s';".formatted(statement)
        + DURABLE;
  }

  private static final String LOCK =
      "SELECT pg_try_advisory_xact_lock(hashtextextended('flowfi ' || current_schema(), 0)) AS is_ours";

  /**
   * While it works the session is idle, for longer than operators allow for requests. A node whose
   * machine is gone must not keep the others from it for the hours in which nobody notices.
   */
  private static final String WORKING = "SET LOCAL idle_in_transaction_session_timeout = '15min'";

  private final Dialect dialect = new PostgresDialect();
  private final DataSource source;
  private final DataSource migrations;
  private final HikariDataSource writer;
  private final HikariDataSource shared;
  private final Map<ReadUse, HikariDataSource> readers = new EnumMap<>(ReadUse.class);

  PostgresDatabase(PostgresSettings settings) {
    source = source(settings);
    migrations = new BegunSource(source(settings, MIGRATION_SOCKET_SECONDS), MIGRATING);
    writer = pool("writer", source(settings, WRITER_SOCKET_SECONDS), 1, CONNECTION_MILLIS, WRITER);
    shared =
        pool(
            "shared",
            source(settings, SHARED_SOCKET_SECONDS),
            SHARED_CONNECTIONS,
            SHARED_CONNECTION_MILLIS,
            SHARED);
    for (ReadUse use : ReadUse.values()) {
      String name = use.name().toLowerCase(Locale.ROOT);
      readers.put(use, pool(name, source, use.connections(), CONNECTION_MILLIS, READER));
    }
  }

  /** Connections of no pool. */
  static DataSource source(PostgresSettings settings) {
    return source(settings, READER_SOCKET_SECONDS);
  }

  /**
   * Connections of no pool.
   *
   * @param socketSeconds how long an answer of the server may take
   */
  static DataSource source(PostgresSettings settings, int socketSeconds) {
    return settings
        .jndiName()
        .map(ContainerSource::named)
        .orElseGet(() -> new PostgresSource(settings, socketSeconds));
  }

  private static HikariDataSource pool(
      String name, DataSource source, int size, long patience, String begin) {
    HikariConfig pool = Pools.config(name, source, size, patience);
    pool.setConnectionInitSql(begin);
    if (size > 1) {
      pool.setMinimumIdle(1);
      pool.setIdleTimeout(IDLE_MILLIS);
    }
    pool.setValidationTimeout(Math.min(patience, VALIDATION_MILLIS));
    pool.setInitializationFailTimeout(-1);
    return new HikariDataSource(pool);
  }

  /** Connections of no pool. */
  DataSource connections() {
    return source;
  }

  /** The same without time limits: migrations and moves of a log take their time. */
  @Override
  public DataSource migrations() {
    return migrations;
  }

  @Override
  public HikariDataSource writer() {
    return writer;
  }

  @Override
  public HikariDataSource readers(ReadUse use) {
    return readers.get(use);
  }

  /** For what nodes share. */
  HikariDataSource shared() {
    return shared;
  }

  /** Holds a lock of the schema, which ends with its transaction or connection. */
  @Override
  public boolean alone(Runnable work) {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        if (!locks(connection)) {
          return false;
        }
        try (Statement statement = connection.createStatement()) {
          statement.execute(WORKING);
        }
        work.run();
        return true;
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      throw new StoreException(
          StoreException.Kind.OUTAGE, "the database cannot say which node is alone", e);
    }
  }

  private static boolean locks(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LOCK)) {
      row.next();
      return row.getBoolean("is_ours");
    }
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Optional<ClusterStore> cluster() {
    SharedConnections connections = new SharedConnections(shared);
    return Optional.of(
        new ClusterStore(
            new OneTimeTables(connections),
            new FilterTable(connections),
            new NodeTable(connections),
            new LeaseTable(connections)));
  }

  @Override
  public void close() {
    Pools.close(shared);
    readers.values().forEach(Pools::close);
    Pools.close(writer);
    Drivers.deregister(Driver.class);
  }
}

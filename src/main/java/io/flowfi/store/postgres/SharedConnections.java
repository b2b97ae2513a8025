package io.flowfi.store.postgres;

import io.flowfi.cluster.SharedStoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Connections for what nodes share. Requests wait here, so every wait is short; and after an error
 * nobody waits for half a second, so that a database that is away does not hold all threads.
 * Thread-safe.
 */
final class SharedConnections {
  private static final int ANSWER_MILLIS = 2_000;
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final String LOCK =
      "SELECT pg_advisory_xact_lock(hashtextextended('flowfi ' || ? || ' ' || current_schema(), 0))";

  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final long LOCK_MILLIS = 1_000;

  private final DataSource source;

  /** One of this node waits for a lock in the database: the connections are for all the others. */
  private final Semaphore locking = new Semaphore(1);

  private volatile SQLException failure;
  private volatile long failedAt;

  SharedConnections(DataSource source) {
    this.source = source;
  }

  private interface Work<T> {
    T of(Connection connection) throws SQLException;
  }

  interface Use<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  /**
   * Runs one statement, which is a transaction of its own.
   *
   * @throws SharedStoreException if the database does not answer in time
   */
  <T> T run(String sql, Use<T> use) {
    return on(connection -> of(connection, sql, use));
  }

  /**
   * Runs one statement after a lock: it sees what all others with this lock have done. Both are one
   * transaction. The server ends that of a node that stands still.
   *
   * @param lock what is locked, of this schema
   * @throws SharedStoreException if the database does not answer in time, or the lock does not come
   */
  <T> T runLocked(String lock, String sql, Use<T> use) {
    try {
      if (!locking.tryAcquire(LOCK_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new SharedStoreException("others wait for the same lock", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SharedStoreException("interrupted", e);
    }
    try {
      return locked(lock, sql, use);
    } finally {
      locking.release();
    }
  }

  private <T> T locked(String lock, String sql, Use<T> use) {
    return on(
        connection -> {
          connection.setAutoCommit(false);
          of(
              connection,
              LOCK,
              statement -> {
                statement.setString(1, lock);
                return statement.execute();
              });
          T result = of(connection, sql, use);
          connection.commit();
          return result;
        });
  }

  private static <T> T of(Connection connection, String sql, Use<T> use) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return use.of(statement);
    }
  }

  /** What is left open is rolled back by the pool. */
  private <T> T on(Work<T> work) {
    SQLException before = failure;
    if (before != null && System.nanoTime() - failedAt < REST_NANOS) {
      throw new SharedStoreException("the database has just failed", before);
    }
    try (Connection connection = source.getConnection()) {
      connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      T result = work.of(connection);
      failure = null;
      return result;
    } catch (SQLException e) {
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw new SharedStoreException("another node has not released a lock in time", e);
      }
      failedAt = System.nanoTime();
      failure = e;
      throw new SharedStoreException("the database has not answered in time", e);
    }
  }
}

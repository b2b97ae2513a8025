package io.flowfi.store.postgres;

import io.flowfi.cluster.SharedStoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
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

  private final DataSource source;
  private volatile SQLException failure;
  private volatile long failedAt;

  SharedConnections(DataSource source) {
    this.source = source;
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
    SQLException before = failure;
    if (before != null && System.nanoTime() - failedAt < REST_NANOS) {
      throw new SharedStoreException("the database has just failed", before);
    }
    try (Connection connection = source.getConnection()) {
      connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        T result = use.of(statement);
        failure = null;
        return result;
      }
    } catch (SQLException e) {
      failedAt = System.nanoTime();
      failure = e;
      throw new SharedStoreException("the database has not answered in time", e);
    }
  }
}

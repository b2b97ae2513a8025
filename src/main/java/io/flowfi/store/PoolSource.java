package io.flowfi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Makes the connections of a pool, and closes those that the pool leaves open: HikariCP forgets one
 * that it gets while it is closed. The server, or the container whose source it is, would keep its
 * place until it is collected as garbage, or for good.
 */
final class PoolSource extends PlainSource {
  private final DataSource source;

  /** Those that may be open. Guarded by itself, as what follows. */
  private final Set<Connection> given = Collections.newSetFromMap(new IdentityHashMap<>());

  private boolean closed;

  PoolSource(DataSource source) {
    this.source = source;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = source.getConnection();
    synchronized (given) {
      if (!closed) {
        given.removeIf(PoolSource::isClosed);
        given.add(connection);
        return connection;
      }
    }
    close(connection);
    throw new SQLException("the pool has been closed");
  }

  /**
   * In seconds. HikariCP sets it and we do not heed it; it asks for it to know how long the thread
   * that makes connections may take to end when the pool is closed, and logs a warning if it takes
   * longer: with 0, of nearly each stop on a busy machine.
   */
  @Override
  public int getLoginTimeout() {
    return 1;
  }

  /** After the end of the pool. */
  void close() {
    List<Connection> left;
    synchronized (given) {
      closed = true;
      left = List.copyOf(given);
    }
    left.forEach(PoolSource::close);
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return false; // it is asked again
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // it has ended already
    }
  }
}

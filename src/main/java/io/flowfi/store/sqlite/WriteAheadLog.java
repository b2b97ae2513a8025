package io.flowfi.store.sqlite;

import io.flowfi.store.BetweenTransactions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Keeps SQLite's write-ahead log short. SQLite's own checkpoint restarts the file only at a moment
 * when nobody reads. Readers that overlap all day leave no such moment, and the file would keep
 * growing. So above {@link #LIMIT} the writer makes a checkpoint and waits for the current readers;
 * readers that come meanwhile read the database itself and are not waited for.
 *
 * <p>Belongs to the writer thread, which holds SQLite's lock at all other times, so nobody else
 * could do this.
 */
final class WriteAheadLog implements BetweenTransactions {
  /** In bytes. SQLite's own checkpoints keep the file below it while readers pause. */
  static final long LIMIT = 24L << 20;

  /** How much the file may grow before the next attempt, if a long read was in the way. */
  private static final long STEP = 8L << 20;

  private static final int WAIT_MILLIS = 250;
  private static final String URL = "jdbc:sqlite:";

  private final Path file;
  private long next = LIMIT;

  /**
   * @param file {@code flowfi.db-wal}
   */
  private WriteAheadLog(Path file) {
    this.file = file;
  }

  static WriteAheadLog of(Connection connection) throws SQLException {
    String url = connection.getMetaData().getURL();
    if (!url.startsWith(URL)) {
      throw new SQLException("not the embedded database");
    }
    return new WriteAheadLog(Path.of(url.substring(URL.length()) + "-wal"));
  }

  /** Shortens the file if it has grown; SQLite's lock is given back for that moment. */
  @Override
  public boolean mayHaveLetOthersWrite(Connection connection) throws SQLException {
    long size = size();
    if (size < next) {
      next = Math.max(LIMIT, Math.min(next, size + STEP));
      return false;
    }
    next = size + STEP;
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + WAIT_MILLIS);
      try {
        statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      } finally {
        statement.execute("PRAGMA busy_timeout = " + EmbeddedDatabase.BUSY_MILLIS);
      }
    } finally {
      connection.setAutoCommit(false);
    }
    return true;
  }

  private long size() throws SQLException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException none) {
      return 0;
    } catch (IOException e) {
      throw new SQLException("the size of " + file + " cannot be read", e);
    }
  }
}

package io.flowfi.store.sqlite;

import io.flowfi.store.BetweenTransactions;
import io.flowfi.store.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** What only SQLite says or needs. */
final class SqliteDialect implements Dialect {

  /** SQLite takes 500 terms in a compound select. */
  private static final int MOST_BRANCHES = 480;

  @Override
  public Map<String, String> placeholders() {
    return Map.of("text", "TEXT", "key", "INTEGER", "clustered", "WITHOUT ROWID");
  }

  @Override
  public int mostBranches() {
    return MOST_BRANCHES;
  }

  @Override
  public BetweenTransactions careOf(Connection writer) throws SQLException {
    return WriteAheadLog.of(writer);
  }
}

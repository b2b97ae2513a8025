package io.flowfi.store.sqlite;

import io.flowfi.ledger.StoreException.Kind;
import io.flowfi.store.BetweenTransactions;
import io.flowfi.store.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What is special about SQLite. */
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

  /** It plans a branch in microseconds. */
  @Override
  public int joinsFrom() {
    return Integer.MAX_VALUE;
  }

  @Override
  public boolean mergesDistinctUnions() {
    return true;
  }

  /** From its first query on it reads one snapshot of the write-ahead log. */
  @Override
  public boolean readsAreSnapshots() {
    return true;
  }

  // An extended code has the plain one in its lower byte.
  @Override
  public Optional<Kind> kindOf(SQLException error) {
    if (!(error instanceof SQLiteException sqlite)) {
      return Optional.empty();
    }
    return switch (SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & 0xff)) {
      case SQLITE_BUSY, SQLITE_LOCKED -> Optional.of(Kind.RETRY);
      case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG -> Optional.of(Kind.COMMAND);
      default -> Optional.empty();
    };
  }

  /** There is no network in between. */
  @Override
  public boolean isLostConnection(SQLException error) {
    return false;
  }

  @Override
  public String transactionName() {
    return "NULL";
  }

  @Override
  public boolean mayBeCommitted(Connection connection, String transaction) {
    throw new UnsupportedOperationException("its transactions have no names");
  }

  @Override
  public BetweenTransactions careOf(Connection writer) throws SQLException {
    return WriteAheadLog.of(writer);
  }
}

package io.flowfi.store;

import io.flowfi.ledger.StoreException;
import io.flowfi.ledger.StoreException.Kind;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The one place that decides what an error of the database means: by the codes of the SQL standard,
 * which PostgreSQL follows, and by the database's own codes.
 */
final class DatabaseErrors {
  /** Data that does not fit (class 22), constraints (class 23). */
  private static final String OF_DATA = "22|23";

  /** A transaction that cannot be serialised, and a deadlock. */
  private static final String IN_THE_WAY = "40001|40P01";

  private DatabaseErrors() {}

  static StoreException of(String message, SQLException error, Dialect dialect) {
    return new StoreException(kind(error, dialect), message, error);
  }

  /** Looks at the error itself, then at its causes: drivers and pools wrap errors. */
  static Kind kind(Throwable error, Dialect dialect) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof SQLException sql) {
        Optional<Kind> known = dialect.kindOf(sql).or(() -> standard(sql.getSQLState()));
        if (known.isPresent()) {
          return known.get();
        }
        if (sql.getNextException() != null) {
          Kind next = kind(sql.getNextException(), dialect);
          if (next != Kind.OUTAGE) {
            return next;
          }
        }
      }
    }
    return Kind.OUTAGE;
  }

  /** Whether the connection has ended with this error. */
  static boolean isLostConnection(Throwable error, Dialect dialect) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof SQLException sql
          && (dialect.isLostConnection(sql)
              || sql.getNextException() != null
                  && isLostConnection(sql.getNextException(), dialect))) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Kind> standard(String state) {
    if (state == null || state.length() != 5) {
      return Optional.empty();
    } else if (state.matches(IN_THE_WAY)) {
      return Optional.of(Kind.RETRY);
    } else if (state.substring(0, 2).matches(OF_DATA)) {
      return Optional.of(Kind.COMMAND);
    }
    return Optional.empty();
  }
}

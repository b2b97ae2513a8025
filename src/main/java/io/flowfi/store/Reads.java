package io.flowfi.store;

import javax.sql.DataSource;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Reads of the store on connections that cannot write. Any thread may read; exceptions are Jdbi's
 * and the callback's.
 */
final class Reads {
  private final Jdbi jdbi;

  /**
   * @param source of connections that cannot write
   */
  Reads(DataSource source) {
    this(Jdbi.create(source));
  }

  Reads(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** For a single statement, or for several that may each see a different state of the store. */
  <T> T each(HandleCallback<T, RuntimeException> read) {
    return jdbi.withHandle(read);
  }

  /**
   * All statements see one state of the store. Every SQLite transaction is such a snapshot; other
   * databases must be asked for it.
   */
  <T> T ofOneState(HandleCallback<T, RuntimeException> read) {
    return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, read);
  }
}

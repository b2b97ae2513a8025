package io.flowfi.store;

import javax.sql.DataSource;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/**
 * Reads of the store on connections that cannot write. Any thread may read; exceptions are Jdbi's
 * and the callback's.
 */
final class Reads {
  /** In the words of the SQL standard. PostgreSQL takes them only before the first query. */
  static final String ONE_STATE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

  private final Jdbi jdbi;
  private final boolean mustAsk;

  /**
   * @param source of connections that cannot write
   */
  Reads(DataSource source, Dialect dialect) {
    this(Jdbi.create(source), dialect);
  }

  Reads(Jdbi jdbi, Dialect dialect) {
    this.jdbi = jdbi.configure(EventSelection.Union.class, union -> union.setFor(dialect));
    this.mustAsk = !dialect.readsAreSnapshots();
  }

  /** For a single statement, or for several that may each see a different state of the store. */
  <T> T each(HandleCallback<T, RuntimeException> read) {
    return jdbi.withHandle(read);
  }

  /**
   * All statements see one state of the store, and none can write. Every transaction that only
   * reads begins here, and asks the database for both if the database must be asked.
   */
  <T> T ofOneState(HandleCallback<T, RuntimeException> read) {
    return jdbi.inTransaction(
        handle -> {
          if (mustAsk) {
            new Sql(ONE_STATE).run(handle);
          }
          return read.withHandle(handle);
        });
  }
}

package io.flowfi.store;

import io.flowfi.ledger.LedgerStore;
import javax.sql.DataSource;

/** The internals of a store that tests of other rooms need. */
public final class StoreParts {
  private StoreParts() {}

  /** The connections for the writer. */
  public static DataSource writer(SqlStore store) {
    return store.writer();
  }

  /** Connections that cannot write. */
  public static DataSource readers(SqlStore store, ReadUse use) {
    return store.readers(use);
  }

  /** The store's writing port, over other connections. */
  public static LedgerStore ledger(SqlStore store, DataSource writer) {
    return () -> new LedgerConnection(writer, store.dialect());
  }
}

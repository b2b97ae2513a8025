package io.flowfi.store;

import io.flowfi.ledger.LedgerStore;
import javax.sql.DataSource;

/** What tests of other rooms need of a store's inside. */
public final class StoreParts {
  private StoreParts() {}

  /** The connections of the one who writes. */
  public static DataSource writer(SqlStore store) {
    return store.writer();
  }

  /** Connections that cannot write. */
  public static DataSource readers(SqlStore store, ReadUse use) {
    return store.readers(use);
  }

  /** The store's way to write, over other connections than its own. */
  public static LedgerStore ledger(SqlStore store, DataSource writer) {
    return () -> new LedgerConnection(writer, store.dialect());
  }
}

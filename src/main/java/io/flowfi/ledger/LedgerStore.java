package io.flowfi.ledger;

/** The port through which the ledger writes to a store of any kind. */
public interface LedgerStore {

  /**
   * Opens a session for the one writer.
   *
   * @throws StoreException if the store cannot be reached, or another writes to it
   */
  LedgerSession open();
}

package io.flowfi.ledger;

/** The door through which the ledger writes: what it needs of a store, whichever that is. */
public interface LedgerStore {

  /**
   * Opens a session for the one writer.
   *
   * @throws StoreException if the store cannot be reached, or another writes to it
   */
  LedgerSession open();
}

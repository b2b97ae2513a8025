package io.flowfi.indexer;

/** Where a page begins: at a ledger, or behind a cursor. Never both (the RPC refuses that). */
public sealed interface PageStart {
  /**
   * @param ledger its number, inclusive
   */
  record AtLedger(long ledger) implements PageStart {}

  /**
   * @param cursor an event's id or an answer's cursor, exclusive
   */
  record Behind(String cursor) implements PageStart {}
}

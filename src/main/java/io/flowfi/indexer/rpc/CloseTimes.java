package io.flowfi.indexer.rpc;

/**
 * When the ledgers of one page closed. The events of a ledger repeat its time, which is read once.
 */
final class CloseTimes {
  private String last;
  private long seconds;

  /**
   * Unix seconds.
   *
   * @throws WrongAnswerException if the text is missing or no time
   */
  long of(String ledgerClosedAt) {
    if (last == null || !last.equals(ledgerClosedAt)) {
      seconds = Ledgers.time(ledgerClosedAt, "ledgerClosedAt");
      last = ledgerClosedAt;
    }
    return seconds;
  }
}

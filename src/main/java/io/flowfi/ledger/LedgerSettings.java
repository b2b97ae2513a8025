package io.flowfi.ledger;

/**
 * How the ledger takes commands.
 *
 * @param queueCapacity commands that may wait; more are refused
 * @param maxBatch most commands written in one transaction
 */
public record LedgerSettings(int queueCapacity, int maxBatch) {
  public static final LedgerSettings DEFAULT = new LedgerSettings(8192, 512);

  public LedgerSettings {
    if (queueCapacity < 1 || maxBatch < 1) {
      throw new IllegalArgumentException("queueCapacity and maxBatch must be positive");
    }
  }
}

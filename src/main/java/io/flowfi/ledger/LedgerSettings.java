package io.flowfi.ledger;

import java.time.Duration;

/**
 * How the ledger takes commands.
 *
 * @param queueCapacity commands that may wait; more are refused
 * @param maxBatch most commands written in one transaction
 * @param writeTimeout how long a transaction may take; after that its commands are answered without
 *     it, and no more are taken until it has ended
 */
public record LedgerSettings(int queueCapacity, int maxBatch, Duration writeTimeout) {
  /** The database itself waits for locks, twice five seconds at worst, before it says anything. */
  public static final LedgerSettings DEFAULT =
      new LedgerSettings(8192, 512, Duration.ofSeconds(20));

  public LedgerSettings {
    if (queueCapacity < 1 || maxBatch < 1 || writeTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "queueCapacity, maxBatch and writeTimeout must be positive");
    }
  }
}

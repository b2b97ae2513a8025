package io.flowfi.ledger;

import io.flowfi.log.LogPurpose;
import io.flowfi.payment.StreamNumbering;
import java.time.Duration;

/**
 * How the ledger takes commands.
 *
 * @param queueCapacity commands that may wait; more are rejected
 * @param maxBatch most commands written in one transaction
 * @param writeTimeout how long a transaction may take; after that its commands fail, and new ones
 *     are rejected until it ends
 * @param numbering which ids streams get
 * @param purpose what its log is for: each event of a sandbox says so
 */
public record LedgerSettings(
    int queueCapacity,
    int maxBatch,
    Duration writeTimeout,
    StreamNumbering numbering,
    LogPurpose purpose) {
  /**
   * The database itself may wait for locks, twice five seconds at worst, before it reports an
   * error.
   */
  public static final LedgerSettings DEFAULT =
      new LedgerSettings(8192, 512, Duration.ofSeconds(20), StreamNumbering.ALONE, LogPurpose.REAL);

  public LedgerSettings {
    if (queueCapacity < 1 || maxBatch < 1 || writeTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "queueCapacity, maxBatch and writeTimeout must be positive");
    }
  }

  public LedgerSettings with(StreamNumbering other) {
    return new LedgerSettings(queueCapacity, maxBatch, writeTimeout, other, purpose);
  }

  public LedgerSettings with(LogPurpose other) {
    return new LedgerSettings(queueCapacity, maxBatch, writeTimeout, numbering, other);
  }
}

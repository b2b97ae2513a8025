package io.flowfi.ledger;

import java.util.concurrent.TimeUnit;

/**
 * How many facts of the chain go into one transaction while the chain is back-filled. Many facts
 * share one disk sync and each page of an index that they touch, but a command that comes meanwhile
 * waits for all of them. So there are as many as take {@link #TARGET} on this machine and disk. For
 * one thread.
 */
final class FactsAtOnce {
  static final long TARGET = TimeUnit.MILLISECONDS.toNanos(40);
  static final int MOST = 2000;

  private int most = 1;

  int most() {
    return most;
  }

  /**
   * A transaction with so many facts has been written.
   *
   * @param nanos how long it took
   */
  void took(int facts, long nanos) {
    if (facts > 0) {
      long fitting = facts * TARGET / Math.max(1, nanos);
      most = (int) Math.max(1, Math.min(fitting, Math.min(2L * Math.max(facts, most), MOST)));
    }
  }
}

package io.flowfi.ledger;

import java.util.function.LongConsumer;

/**
 * Waits a moment before the next batch when many commands come at once, so that more of them share
 * one disk sync. A batch that follows the last one at once is small: most clients that were just
 * answered have not sent their next command yet. PostgreSQL does the same and calls it {@code
 * commit_delay} and {@code commit_siblings}. A client that sends alone never waits.
 */
final class CommitDelay {
  static final long NANOS = 100_000;

  /**
   * How many commands in the last batch count as many. Fewer clients do better without waiting: one
   * half of them sends while the commands of the other half are written (docs/benchmarks.md).
   */
  static final int SIBLINGS = 9;

  private final LongConsumer pause;
  private int last;

  /**
   * @param pause waits for this many nanoseconds
   */
  CommitDelay(LongConsumer pause) {
    this.pause = pause;
  }

  void await() {
    if (last >= SIBLINGS) {
      pause.accept(NANOS);
    }
  }

  /** A batch of this many commands has been taken. */
  void took(int commands) {
    last = commands;
  }
}

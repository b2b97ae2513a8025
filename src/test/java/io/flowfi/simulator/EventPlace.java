package io.flowfi.simulator;

import java.util.Comparator;

/**
 * A place of the RPC's order, the same as its cursors ({@code protocol/cursor.go}): events before
 * all operations have transaction 0, and those of operations count transactions from 1, operations
 * and events from 0.
 */
record EventPlace(long ledger, int transaction, int operation, long event)
    implements Comparable<EventPlace> {
  static final int LAST_TRANSACTION = (1 << 20) - 1;
  static final int LAST_OPERATION = (1 << 12) - 1;
  static final long LAST_EVENT = 0xffff_ffffL;
  private static final Comparator<EventPlace> ORDER =
      Comparator.comparingLong(EventPlace::ledger)
          .thenComparingInt(EventPlace::transaction)
          .thenComparingInt(EventPlace::operation)
          .thenComparingLong(EventPlace::event);

  static EventPlace startOf(long ledger) {
    return new EventPlace(ledger, 0, 0, 0);
  }

  /** The cursor of an answer that has looked through this ledger to its end. */
  static EventPlace endOf(long ledger) {
    return new EventPlace(ledger, LAST_TRANSACTION, LAST_OPERATION, LAST_EVENT);
  }

  /**
   * @throws IllegalArgumentException as the RPC says it
   */
  static EventPlace parse(String cursor) {
    String[] parts = cursor.split("-", 2);
    if (parts.length != 2) {
      throw new IllegalArgumentException("invalid event id " + cursor);
    }
    try {
      long toid = Long.parseLong(parts[0]);
      long event = Long.parseLong(parts[1]);
      if (event < 0 || event > LAST_EVENT) {
        throw new NumberFormatException("out of range");
      }
      return new EventPlace(
          toid >>> 32, (int) (toid >>> 12) & LAST_TRANSACTION, (int) toid & LAST_OPERATION, event);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("invalid event id " + cursor + ": " + e.getMessage(), e);
    }
  }

  /** The RPC adds 1 to the event alone, in 32 bits: behind the last one is event 0 of the same. */
  EventPlace next() {
    return new EventPlace(ledger, transaction, operation, event + 1 & LAST_EVENT);
  }

  @Override
  public int compareTo(EventPlace other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    String toid = Long.toString(ledger << 32 | (long) transaction << 12 | operation);
    String last = Long.toString(event);
    return "0".repeat(19 - toid.length()) + toid + "-" + "0".repeat(10 - last.length()) + last;
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.ChainPosition;
import java.util.Locale;

/**
 * The RPC's id of an event, or a cursor, which has the same form: 19 digits, a hyphen, 10 digits.
 * The cursor of a page that is not full is behind all events of its ledger.
 *
 * @param order the position of an operation as SEP-35 packs it: 31 bits of ledger, 20 of
 *     transaction, 12 of operation
 * @param event within the operation
 */
public record EventId(long order, long event) implements Comparable<EventId> {
  /** Before every event. */
  public static final EventId FIRST = startOf(0);

  private static final int ORDER_DIGITS = 19;
  private static final int EVENT_DIGITS = 10;
  private static final int LEDGER_SHIFT = 32;
  private static final int TRANSACTION_SHIFT = 12;
  private static final int TRANSACTION_MASK = 0xFFFFF;
  private static final int OPERATION_MASK = 0xFFF;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static EventId parse(String text) {
    if (text.length() != ORDER_DIGITS + 1 + EVENT_DIGITS
        || text.charAt(ORDER_DIGITS) != '-'
        || !areDigits(text, 0, ORDER_DIGITS)
        || !areDigits(text, ORDER_DIGITS + 1, text.length())) {
      throw new IllegalArgumentException(
          "an id or cursor must be 19 digits, a hyphen and 10 digits");
    }
    try {
      return new EventId(
          Long.parseLong(text, 0, ORDER_DIGITS, 10),
          Long.parseLong(text, ORDER_DIGITS + 1, text.length(), 10));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("an id or cursor has a ledger beyond all ledgers", e);
    }
  }

  /** Of ASCII only; Java's own parser takes others, and signs. */
  private static boolean areDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /**
   * Behind which, or from which on, a page is to begin.
   *
   * @throws IllegalArgumentException if the cursor is none
   */
  public static EventId of(PageStart start) {
    return start instanceof PageStart.Behind behind
        ? parse(behind.cursor())
        : startOf(((PageStart.AtLedger) start).ledger());
  }

  /** Of the event at a place. */
  public static EventId of(ChainPosition position) {
    return new EventId(
        position.ledger() << LEDGER_SHIFT
            | (long) position.transaction() << TRANSACTION_SHIFT
            | position.operation(),
        position.event());
  }

  /** Before every event of a ledger. */
  public static EventId startOf(long ledger) {
    return new EventId(ledger << LEDGER_SHIFT, 0);
  }

  /** A cursor behind which this event comes, after as few others as possible. */
  EventId before() {
    return event > 0 ? new EventId(order, event - 1) : new EventId(order - 1, 0);
  }

  public long ledger() {
    return order >> LEDGER_SHIFT;
  }

  /**
   * Where an event with this id is.
   *
   * @throws IllegalArgumentException if there can be none
   */
  public ChainPosition position() {
    if (event > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("the number of event " + this + " is too large");
    }
    return new ChainPosition(
        ledger(),
        (int) (order >> TRANSACTION_SHIFT) & TRANSACTION_MASK,
        (int) order & OPERATION_MASK,
        (int) event);
  }

  @Override
  public int compareTo(EventId other) {
    int byOrder = Long.compare(order, other.order);
    return byOrder != 0 ? byOrder : Long.compare(event, other.event);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%019d-%010d", order, event);
  }
}

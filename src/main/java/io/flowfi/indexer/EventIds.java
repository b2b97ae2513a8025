package io.flowfi.indexer;

import io.flowfi.ledger.ChainPosition;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The RPC's ids of events, which are its cursors too: 19 digits of a total order id (SEP-35: ledger
 * in the upper 32 bits, then 20 bits of the transaction and 12 of the operation), a hyphen, 10
 * digits of the event.
 */
final class EventIds {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,19})-([0-9]{1,10})");
  private static final int LEDGER_SHIFT = 32;
  private static final int TRANSACTION_SHIFT = 12;

  private EventIds() {}

  /**
   * The ledger of an id or cursor.
   *
   * @throws IllegalArgumentException if it is none
   */
  static long ledgerOf(String cursor) {
    Matcher parts = FORM.matcher(cursor);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a cursor");
    }
    return Long.parseLong(parts.group(1)) >>> LEDGER_SHIFT; // 19 nines do not fit
  }

  static String of(ChainPosition position) {
    return id(order(position), position.event());
  }

  /** A cursor behind which the event comes, after as few others as possible. */
  static String before(ChainPosition position) {
    return position.event() > 0
        ? id(order(position), position.event() - 1L)
        : id(order(position) - 1, 0);
  }

  private static long order(ChainPosition position) {
    return position.ledger() << LEDGER_SHIFT
        | (long) position.transaction() << TRANSACTION_SHIFT
        | position.operation();
  }

  private static String id(long order, long event) {
    return String.format(Locale.ROOT, "%019d-%010d", order, event);
  }
}

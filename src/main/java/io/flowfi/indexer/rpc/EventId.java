package io.flowfi.indexer.rpc;

import io.flowfi.ledger.ChainPosition;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An event's id or a cursor: the position of an operation as SEP-35 packs it (31 bits of ledger, 20
 * of transaction, 12 of operation), in 19 digits; a hyphen; the event's number, in 10. So their
 * order is the order of their texts. The cursor of a page that is not full has the largest numbers
 * that there are behind its ledger.
 */
record EventId(String text, long ledger, int transaction, int operation, long event)
    implements Comparable<EventId> {
  private static final Pattern FORM = Pattern.compile("([0-9]{19})-([0-9]{10})");
  private static final int LEDGER_SHIFT = 32;
  private static final int TRANSACTION_SHIFT = 12;
  private static final int TRANSACTION_MASK = 0xFFFFF;
  private static final int OPERATION_MASK = 0xFFF;

  /**
   * Reads one.
   *
   * @throws WrongAnswerException if it has another form
   */
  static EventId parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new WrongAnswerException("an id or cursor must be 19 digits, a hyphen and 10 digits");
    }
    long packed;
    try {
      packed = Long.parseLong(form.group(1));
    } catch (NumberFormatException e) {
      throw new WrongAnswerException("an id or cursor has a ledger beyond all ledgers");
    }
    return new EventId(
        text,
        packed >> LEDGER_SHIFT,
        (int) (packed >> TRANSACTION_SHIFT) & TRANSACTION_MASK,
        (int) packed & OPERATION_MASK,
        Long.parseLong(form.group(2)));
  }

  /** Where an event with this id is. */
  ChainPosition position() {
    if (event > Integer.MAX_VALUE) {
      throw new WrongAnswerException("an event's number is too large");
    }
    return new ChainPosition(ledger, transaction, operation, (int) event);
  }

  @Override
  public int compareTo(EventId other) {
    return text.compareTo(other.text);
  }
}

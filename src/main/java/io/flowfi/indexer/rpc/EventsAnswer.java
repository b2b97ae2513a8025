package io.flowfi.indexer.rpc;

import static io.flowfi.indexer.rpc.WrongAnswerException.required;

import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.EventPage;
import io.flowfi.indexer.PageStart;
import io.flowfi.indexer.RpcEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The result of {@code getEvents}, as it is written. */
record EventsAnswer(
    List<EventAnswer> events,
    String cursor,
    Long latestLedger,
    Long oldestLedger,
    String latestLedgerCloseTime) {

  /**
   * The page, if the answer contradicts neither itself nor the question.
   *
   * @throws WrongAnswerException if it does
   * @throws ChainSourceException if it is outside of the node's range: where stellar-rpc answers
   *     with an error, others answer with an empty page
   */
  EventPage page(PageStart start, int limit, String contract) {
    long latest = Ledgers.number(latestLedger, "latestLedger");
    OptionalLong oldest = Ledgers.optionalNumber(oldestLedger, "oldestLedger");
    long first = ledgerOf(start);
    if (first < oldest.orElse(0) || first > latest) {
      throw ChainSourceException.outOfRange(
          "a page from ledger " + first + ", which the node does not have",
          oldest.orElse(0),
          latest);
    }
    if (required(events, "events").size() > limit) {
      throw new WrongAnswerException("a page has more events than were asked for");
    }
    EventId end = EventId.parse(required(cursor, "cursor"));
    List<RpcEvent> read = new ArrayList<>(events.size());
    EventId before =
        start instanceof PageStart.Behind behind ? EventId.parse(behind.cursor()) : null;
    for (EventAnswer event : events) {
      EventId id = EventId.parse(required(required(event, "an event").id(), "id"));
      if (before != null && id.compareTo(before) <= 0 || id.ledger() < first) {
        throw new WrongAnswerException("event " + id.text() + " is out of order");
      }
      read.add(event.event(id, contract));
      before = id;
    }
    if (before != null && end.compareTo(before) < 0 || end.ledger() < first) {
      throw new WrongAnswerException("the cursor " + end.text() + " is behind what was told");
    }
    if (end.ledger() > latest) {
      throw new WrongAnswerException("the cursor " + end.text() + " is beyond the latest ledger");
    }
    return new EventPage(
        read,
        limit,
        cursor,
        latest,
        oldest,
        Ledgers.optionalTime(latestLedgerCloseTime, "latestLedgerCloseTime"));
  }

  private static long ledgerOf(PageStart start) {
    if (start instanceof PageStart.Behind behind) {
      return EventId.parse(behind.cursor()).ledger();
    }
    return ((PageStart.AtLedger) start).ledger();
  }
}

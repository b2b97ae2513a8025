package io.flowfi.indexer.rpc;

import static io.flowfi.indexer.rpc.WrongAnswerException.required;

import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.EventId;
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
   * The page, if the answer contradicts neither itself nor the question. Events that it has twice,
   * or from before the cursor, are left to the reader, who knows them.
   *
   * @throws WrongAnswerException if it does
   * @throws ChainSourceException if the question is outside of the node's ledgers: where
   *     stellar-rpc answers with an error, others answer with an empty page
   */
  EventPage page(PageStart start, int limit, String contract) {
    try {
      return told(start, limit, contract);
    } catch (IllegalArgumentException e) {
      throw new WrongAnswerException(e.getMessage()); // an id that is none
    }
  }

  private EventPage told(PageStart start, int limit, String contract) {
    EventId from = EventId.of(start);
    long latest = Ledgers.number(latestLedger, "latestLedger");
    OptionalLong oldest = Ledgers.optionalNumber(oldestLedger, "oldestLedger");
    if (from.ledger() < oldest.orElse(0) || from.ledger() > latest) {
      throw ChainSourceException.outOfRange(
          "a page from ledger " + from.ledger() + ", which the node does not have",
          oldest.orElse(0),
          latest);
    }
    if (required(events, "events").size() > limit) {
      throw new WrongAnswerException("a page has more events than were asked for");
    }
    CloseTimes times = new CloseTimes();
    List<RpcEvent> read = new ArrayList<>(events.size());
    EventId last = start instanceof PageStart.AtLedger ? from : EventId.FIRST;
    for (EventAnswer event : events) {
      EventId id = EventId.parse(required(required(event, "an event").id(), "id"));
      if (id.compareTo(last) < 0) {
        throw new WrongAnswerException("event " + id + " is out of order");
      }
      read.add(event.event(id, contract, times));
      last = id;
    }
    EventId end = EventId.parse(required(cursor, "cursor"));
    if (end.compareTo(last) < 0 || end.compareTo(from) < 0 || end.ledger() > latest) {
      throw new WrongAnswerException(
          "the cursor " + end + " is before what was told, or beyond the latest ledger");
    }
    return new EventPage(
        read,
        limit,
        cursor,
        latest,
        oldest,
        Ledgers.optionalTime(latestLedgerCloseTime, "latestLedgerCloseTime"));
  }
}

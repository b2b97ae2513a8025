package io.flowfi.indexer;

import java.util.List;
import java.util.OptionalLong;

/**
 * One answer of {@code getEvents}.
 *
 * @param limit how many events were asked for at most: a page with as many is full
 * @param cursor where the node goes on after what it has scanned; after a full page the id of the
 *     last event is used instead
 * @param latestLedger the newest ledger that the node has: the tip
 * @param oldestLedger the oldest one that it still has; empty where the node does not tell
 * @param latestCloseTime when the newest ledger closed, in Unix seconds; empty where the node does
 *     not tell
 */
public record EventPage(
    List<RpcEvent> events,
    int limit,
    String cursor,
    long latestLedger,
    OptionalLong oldestLedger,
    OptionalLong latestCloseTime) {
  public EventPage {
    events = List.copyOf(events);
  }

  public boolean isFull() {
    return events.size() >= limit;
  }
}

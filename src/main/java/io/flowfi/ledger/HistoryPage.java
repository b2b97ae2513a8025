package io.flowfi.ledger;

import io.flowfi.log.LoggedEvent;
import java.util.List;

/**
 * A page of the history.
 *
 * @param total events that match the whole query, whatever the page
 * @param hasMore whether more follow this page
 */
public record HistoryPage(List<LoggedEvent> events, long total, boolean hasMore) {
  public HistoryPage {
    events = List.copyOf(events);
  }
}

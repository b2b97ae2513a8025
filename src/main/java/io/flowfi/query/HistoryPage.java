package io.flowfi.query;

import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A page of the history.
 *
 * @param total events that match the query, over all pages
 * @param totalIsCapped whether there are more than {@code total}, which is {@link #COUNTED} then
 * @param hasMore whether more follow this page
 * @param through every event of the query up to here could be read
 * @param bounds what the log held when the page was read
 */
public record HistoryPage(
    List<LoggedEvent> events,
    long total,
    boolean totalIsCapped,
    boolean hasMore,
    LogPosition through,
    LogBounds bounds) {
  /** Counting the events of a stream, a user or a type stops here. */
  public static final int COUNTED = 1000;

  public HistoryPage {
    events = List.copyOf(events);
  }

  /** Its events in the other order, as a page that nothing follows. */
  public HistoryPage asLast() {
    List<LoggedEvent> reversed = new ArrayList<>(events);
    Collections.reverse(reversed);
    return new HistoryPage(reversed, total, totalIsCapped, false, through, bounds);
  }
}

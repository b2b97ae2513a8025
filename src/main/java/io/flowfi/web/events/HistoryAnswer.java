package io.flowfi.web.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LoggedEvent;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import java.util.List;
import java.util.Optional;

/**
 * A page of past events, as clients see it.
 *
 * @param log which log it was read from
 * @param oldest the oldest position that the log held when the page was read
 * @param head the newest position then
 * @param nextCursor null where nothing can follow
 * @param tag names the content of a page that can no longer change, see {@link HistoryTags}
 */
public record HistoryAnswer(
    List<Event> events,
    long total,
    boolean totalIsCapped,
    int limit,
    int offset,
    String log,
    long oldest,
    long head,
    boolean hasMore,
    String nextCursor,
    @JsonIgnore Optional<String> tag) {

  /**
   * One event.
   *
   * @param timestamp Unix seconds
   * @param data its payload, which is already JSON
   */
  public record Event(long seq, String type, long timestamp, @JsonRawValue String data) {
    static Event of(LoggedEvent event) {
      return new Event(
          event.position().value(), event.type().wireName(), event.timestamp(), event.payload());
    }
  }

  static HistoryAnswer of(
      HistoryPage page,
      HistoryQuery query,
      LogIdentity log,
      Optional<HistoryCursor> next,
      Optional<String> tag) {
    return new HistoryAnswer(
        page.events().stream().map(Event::of).toList(),
        page.total(),
        page.totalIsCapped(),
        query.limit(),
        query.offset(),
        log.text(),
        page.bounds().oldest().value(),
        page.bounds().head().value(),
        page.hasMore(),
        next.map(HistoryCursor::toString).orElse(null),
        tag);
  }
}

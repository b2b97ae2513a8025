package io.flowfi.web.events;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.QueryMark;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The end of a page of history; opaque to clients. It contains its direction and belongs to one
 * query.
 *
 * @param position the next page begins after it
 * @param top where to continue with later events, after a query with {@code after} was read newest
 *     first
 * @param mark of the query
 * @param log whose positions these are; empty in a cursor of an older version
 */
record HistoryCursor(
    boolean ascending,
    LogPosition position,
    Optional<LogPosition> top,
    String mark,
    Optional<LogIdentity> log) {
  private static final Pattern TEXT =
      Pattern.compile(
          "([ad])([0-9]{1,18})(?:\\.([0-9]{1,18}))?-("
              + QueryMark.FORM
              + ")(?:\\.("
              + LogIdentity.FORM
              + "))?");

  /**
   * @throws InvalidValueException if it did not come from {@link #toString()}
   */
  static HistoryCursor parse(String field, String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidValueException(
          field,
          field
              + " must be the nextCursor of an earlier page; to go on from the seq of an event, give"
              + " after or before");
    }
    return new HistoryCursor(
        matcher.group(1).equals("a"),
        position(matcher.group(2)),
        Optional.ofNullable(matcher.group(3)).map(HistoryCursor::position),
        matcher.group(4),
        Optional.ofNullable(matcher.group(5)).map(LogIdentity::new));
  }

  private static LogPosition position(String digits) {
    return new LogPosition(Long.parseLong(digits));
  }

  /**
   * The place after a page. Empty only where nothing can follow: at the end of a query without
   * {@code after} that was read newest first.
   *
   * @param asked the client's query, before it is narrowed to its rights
   * @param before the cursor of this page
   * @param log the log that was read
   */
  static Optional<HistoryCursor> behind(
      HistoryPage page, HistoryQuery asked, Optional<HistoryCursor> before, LogIdentity log) {
    Optional<LogIdentity> here = Optional.of(log);
    List<LoggedEvent> events = page.events();
    LogPosition end = page.hasMore() ? events.get(events.size() - 1).position() : page.through();
    if (asked.ascending()) {
      return Optional.of(
          new HistoryCursor(true, end, Optional.empty(), mark(asked, asked.before()), here));
    }
    Optional<LogPosition> top =
        before.isPresent() ? before.get().top() : asked.after().map(after -> page.through());
    return page.hasMore()
        ? Optional.of(new HistoryCursor(false, end, top, mark(asked, asked.after()), here))
        : top.map(
            newest ->
                new HistoryCursor(
                    true, newest, Optional.empty(), mark(asked, Optional.empty()), here));
  }

  /** Whether this cursor belongs to the query. */
  boolean belongsTo(HistoryQuery asked) {
    return mark.equals(mark(asked, ascending ? asked.before() : asked.after()));
  }

  /**
   * @param bound where the query ends in its direction
   */
  private static String mark(HistoryQuery asked, Optional<LogPosition> bound) {
    return QueryMark.of(asked.stream(), asked.user(), marked(asked.types()), bound);
  }

  /** In their fixed form: a cursor may be used with a later version than the one that issued it. */
  static List<String> marked(Set<EventType> types) {
    List<EventType> known = EventType.known();
    return types.stream()
        .sorted(
            Comparator.<EventType>comparingInt(known::indexOf).thenComparing(EventType::wireName))
        .map(type -> type.wireName().replace('.', '_').toUpperCase(Locale.ROOT))
        .toList();
  }

  @Override
  public String toString() {
    return (ascending ? "a" : "d")
        + position
        + top.map(newest -> "." + newest).orElse("")
        + "-"
        + mark
        + log.map(here -> "." + here).orElse("");
  }
}

package io.flowfi.web.events;

import io.flowfi.auth.Caller;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.StreamId;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.web.access.Access;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One page of past events, for every path that offers them; newest first by default. {@code cursor}
 * continues in the order of the previous page. {@code page}, {@code address} and {@code eventType}
 * are the names that clients of the replaced service use for {@code offset}, {@code user} and
 * {@code type}.
 *
 * @param query {@code asked}, narrowed to what the caller may see
 * @param isTail whether it asks for the newest events, in ascending order
 * @param patience how long to wait for events if there are none
 */
public record HistoryRequest(
    HistoryQuery asked,
    HistoryQuery query,
    Optional<HistoryCursor> cursor,
    boolean isTail,
    Optional<Duration> patience) {
  private static final WholeSeconds WAIT = new WholeSeconds(Duration.ZERO, LongPolls.LONGEST);
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = HistoryQuery.MAX_LIMIT;

  /** What only pages have: an export has all events of its range, in the order of the log. */
  private static final List<String> OF_PAGES =
      List.of("order", "limit", "cursor", "offset", "page", "tail", "wait");

  /** Reads a request for all events, or those of one stream or one user, from its parameters. */
  static HistoryRequest of(MultivaluedMap<String, String> parameters, EventHistory history) {
    return of(new QueryParameters(parameters), history);
  }

  /** The same for an export, which takes only its filter and its range from it. */
  static HistoryRequest ofExport(MultivaluedMap<String, String> parameters, EventHistory history) {
    QueryParameters query = new QueryParameters(parameters);
    for (String name : OF_PAGES) {
      if (parameters.containsKey(name)) {
        query.reject(
            name,
            "an export has all events of its range, in the order of the log: leave out " + name);
      }
    }
    return of(query, history);
  }

  private static HistoryRequest of(QueryParameters query, EventHistory history) {
    Optional<StreamId> stream = query.one("stream", StreamId::parse);
    Optional<Address> user = query.one("user", Address::parse);
    Optional<Address> address = query.one("address", Address::parse);
    if (stream.isPresent() && (user.isPresent() || address.isPresent())) {
      query.reject("user", "give stream or user, not both");
    }
    return read(query, history, stream, user.or(() -> address), query.one("wait", WAIT::parse));
  }

  public static HistoryRequest ofStream(
      StreamId stream, MultivaluedMap<String, String> parameters, EventHistory history) {
    return read(
        new QueryParameters(parameters),
        history,
        Optional.of(stream),
        Optional.empty(),
        Optional.empty());
  }

  public static HistoryRequest ofUser(
      Address user, MultivaluedMap<String, String> parameters, EventHistory history) {
    return read(
        new QueryParameters(parameters),
        history,
        Optional.empty(),
        Optional.of(user),
        Optional.empty());
  }

  /**
   * @param history finds the positions of times
   */
  private static HistoryRequest read(
      QueryParameters query,
      EventHistory history,
      Optional<StreamId> stream,
      Optional<Address> user,
      Optional<Duration> patience) {
    int mostTypes = EventType.known().size();
    Set<EventType> types = query.many("type", mostTypes, HistoryRequest::eventType);
    types.addAll(query.many("eventType", mostTypes, HistoryRequest::eventType));
    PlaceInLog place = new PlaceInLog(history);
    Optional<LogPosition> since = query.one("since", place::since);
    Optional<LogPosition> position = query.one("after", place::after);
    if (since.isPresent() && position.isPresent()) {
      query.reject("since", "give after or since, not both");
    }
    Optional<LogPosition> after = position.or(() -> since);
    Optional<LogPosition> before = query.one("before", place::before);
    Optional<Integer> tail =
        query.one("tail", (field, text) -> QueryParameters.integer(field, text, 1, MAX_LIMIT));
    if (tail.isPresent()) {
      query.alone("tail", "after", "since", "cursor", "order", "limit", "offset", "page");
    }
    Optional<HistoryCursor> cursor = query.one("cursor", place::cursor);
    boolean ascending =
        query.ascending(
            "order",
            cursor.map(HistoryCursor::ascending).orElse(tail.isPresent() || patience.isPresent()));
    if (patience.isPresent()) {
      query.alone("wait", "tail", "before", "offset", "page");
      if (!ascending || after.isEmpty() && cursor.isEmpty()) {
        query.reject("wait", "wait needs after, since or cursor, and order=asc");
      }
    }
    String replaced = ascending ? since.isPresent() ? "since" : "after" : "before";
    if (cursor.isPresent() && (ascending ? after : before).isPresent()) {
      query.reject("cursor", "cursor says where to go on: leave out " + replaced);
    } else if (cursor.isPresent() && cursor.get().ascending() != ascending) {
      query.reject("cursor", "cursor belongs to the other order: leave out order");
    }
    int limit = query.integer("limit", 1, MAX_LIMIT, tail.orElse(DEFAULT_LIMIT));
    int offset = query.integer("offset", 0, HistoryQuery.MAX_OFFSET, 0);
    int page = query.integer("page", 1, HistoryQuery.MAX_OFFSET / limit + 1, 1);
    if (page > 1 && offset > 0) {
      query.reject("page", "give page or offset, not both");
    }
    if (cursor.isPresent() && (page > 1 || offset > 0)) {
      // it would skip what follows the cursor, and nobody would notice
      String skips = page > 1 ? "page" : "offset";
      query.reject(skips, "give cursor or " + skips + ", not both");
    }
    Optional<LogPosition> from = cursor.map(HistoryCursor::position);
    return query.buildStrictly(
        () -> {
          HistoryQuery asked =
              new HistoryQuery(
                  stream,
                  user,
                  types,
                  ascending ? from.or(() -> after) : after,
                  ascending ? before : from.or(() -> before),
                  ascending,
                  limit,
                  Math.max(offset, (page - 1) * limit));
          if (cursor.isPresent() && !cursor.get().belongsTo(asked)) {
            throw new InvalidValueException(
                "cursor",
                "cursor belongs to another query: send the same stream, user and type with it, and "
                    + (ascending ? "before" : "after"));
          }
          return new HistoryRequest(asked, asked, cursor, tail.isPresent(), patience);
        });
  }

  /**
   * The same for a caller who may not see everything: only the caller's own events, if the request
   * names nothing.
   *
   * @throws ProblemException 403 if it names a stream or a user that is not the caller's
   */
  HistoryRequest visibleTo(Caller caller, Access access) {
    query.stream().ifPresent(stream -> access.toSee(caller, "stream", stream));
    query.user().ifPresent(user -> access.toSee(caller, "user", user));
    if (query.stream().isPresent() || query.user().isPresent() || caller.seesOnly().isEmpty()) {
      return this;
    }
    return new HistoryRequest(
        asked,
        new HistoryQuery(
            Optional.empty(),
            caller.seesOnly(),
            query.types(),
            query.after(),
            query.before(),
            query.ascending(),
            query.limit(),
            query.offset()),
        cursor,
        isTail,
        patience);
  }

  /**
   * Reads the page from the store.
   *
   * @throws ProblemException 409 if it begins after the end of the log: the client has a position
   *     of another log, and would never see the events up to it
   */
  public HistoryAnswer answer(EventHistory history) {
    HistoryPage page = isTail ? history.page(query.reversed()).asLast() : history.page(query);
    requireStart(query, page);
    LogIdentity log = history.log();
    return HistoryAnswer.of(
        page,
        query,
        log,
        HistoryCursor.behind(page, asked, cursor, log),
        HistoryTags.tag(page, asked, query));
  }

  /**
   * Checks that a page does not begin beyond the log.
   *
   * @throws ProblemException 409 otherwise
   */
  static void requireStart(HistoryQuery query, HistoryPage page) {
    LogPosition head = page.bounds().head();
    query
        .after()
        .filter(after -> after.isAfter(head))
        .ifPresent(
            after -> {
              throw ProblemException.of(
                  409,
                  "the log ends at "
                      + head
                      + ", and "
                      + after
                      + " is beyond it: that position is from another log, or from this one before a"
                      + " backup was restored; start over");
            });
  }

  static EventType eventType(String field, String text) {
    return EventType.known(text)
        .or(() -> legacyType(text))
        .orElseThrow(
            () ->
                new InvalidValueException(
                    field,
                    field
                        + " must be event types, each of them one of "
                        + EventType.known().stream()
                            .map(EventType::wireName)
                            .collect(Collectors.joining(", "))));
  }

  /** By the name that the replaced service gave it, which its clients still send. */
  private static Optional<EventType> legacyType(String text) {
    return EventType.known().stream()
        .filter(type -> LegacyHistory.name(type).equals(text))
        .findFirst();
  }
}

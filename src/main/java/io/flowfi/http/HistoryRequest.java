package io.flowfi.http;

import io.flowfi.auth.Caller;
import io.flowfi.ledger.EventHistory;
import io.flowfi.ledger.HistoryPage;
import io.flowfi.ledger.HistoryQuery;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.stream.Address;
import io.flowfi.stream.EventType;
import io.flowfi.stream.InvalidValueException;
import io.flowfi.stream.StreamId;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One page of past events, for every address that offers some; newest first unless it says
 * otherwise. {@code cursor} goes on in whichever order the page before had. {@code page}, {@code
 * address} and {@code eventType} are what clients of the service this one replaces say for {@code
 * offset}, {@code user} and {@code type}.
 */
record HistoryRequest(HistoryQuery query) {
  private static final int DEFAULT_LIMIT = 50;

  /**
   * Reads a request for the events of everything, of one stream or of one user, by its parameters.
   */
  static HistoryRequest of(MultivaluedMap<String, String> parameters) {
    QueryParameters query = new QueryParameters(parameters);
    Optional<StreamId> stream = query.one("stream", StreamId::parse);
    Optional<Address> user = query.one("user", Address::parse);
    Optional<Address> address = query.one("address", Address::parse);
    if (stream.isPresent() && (user.isPresent() || address.isPresent())) {
      query.reject("user", "give stream or user, not both");
    }
    return read(query, stream, user.or(() -> address));
  }

  static HistoryRequest ofStream(StreamId stream, MultivaluedMap<String, String> parameters) {
    return read(new QueryParameters(parameters), Optional.of(stream), Optional.empty());
  }

  static HistoryRequest ofUser(Address user, MultivaluedMap<String, String> parameters) {
    return read(new QueryParameters(parameters), Optional.empty(), Optional.of(user));
  }

  private static HistoryRequest read(
      QueryParameters query, Optional<StreamId> stream, Optional<Address> user) {
    int mostTypes = EventType.values().length;
    Set<EventType> types = query.many("type", mostTypes, HistoryRequest::eventType);
    types.addAll(query.many("eventType", mostTypes, HistoryRequest::eventType));
    Optional<LogPosition> after = query.one("after", LogPosition::parse);
    Optional<LogPosition> before = query.one("before", LogPosition::parse);
    Optional<LogPosition> cursor = query.one("cursor", LogPosition::parse);
    boolean ascending = query.ascending("order", false);
    String replaced = ascending ? "after" : "before";
    if (cursor.isPresent() && (ascending ? after : before).isPresent()) {
      query.reject("cursor", "cursor says where to go on: leave out " + replaced);
    }
    int limit = query.integer("limit", 1, HistoryQuery.MAX_LIMIT, DEFAULT_LIMIT);
    int offset = query.integer("offset", 0, HistoryQuery.MAX_OFFSET, 0);
    int page = query.integer("page", 1, HistoryQuery.MAX_OFFSET / limit + 1, 1);
    if (page > 1 && offset > 0) {
      query.reject("page", "give page or offset, not both");
    }
    return query.buildStrictly(
        () ->
            new HistoryRequest(
                new HistoryQuery(
                    stream,
                    user,
                    types,
                    ascending && cursor.isPresent() ? cursor : after,
                    !ascending && cursor.isPresent() ? cursor : before,
                    ascending,
                    limit,
                    Math.max(offset, (page - 1) * limit))));
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
        new HistoryQuery(
            Optional.empty(),
            caller.seesOnly(),
            query.types(),
            query.after(),
            query.before(),
            query.ascending(),
            query.limit(),
            query.offset()));
  }

  /** Reads the page from the store and writes it as JSON. */
  byte[] answer(EventHistory history) {
    return write(history.page(query), query.limit(), query.offset());
  }

  static EventType eventType(String field, String text) {
    return EventType.ofWireName(text)
        .orElseThrow(
            () ->
                new InvalidValueException(
                    field,
                    field
                        + " must be event types, each of them one of "
                        + Stream.of(EventType.values())
                            .map(EventType::wireName)
                            .collect(Collectors.joining(", "))));
  }

  private static byte[] write(HistoryPage page, int limit, int offset) {
    List<LoggedEvent> events = page.events();
    return StreamJson.write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("events");
          for (LoggedEvent event : events) {
            json.writeStartObject();
            json.writeNumberField("seq", event.position().value());
            json.writeStringField("type", event.type().wireName());
            json.writeNumberField("timestamp", event.timestamp());
            json.writeFieldName("data");
            json.writeRawValue(event.payload());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeNumberField("total", page.total());
          json.writeNumberField("limit", limit);
          json.writeNumberField("offset", offset);
          json.writeBooleanField("hasMore", page.hasMore());
          json.writeStringField(
              "nextCursor",
              page.hasMore() ? events.get(events.size() - 1).position().toString() : null);
          json.writeEndObject();
        });
  }
}

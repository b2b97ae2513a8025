package io.flowfi.http;

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

/** One page of past events, for every address that offers some. */
final class HistoryRequest {
  private static final int DEFAULT_LIMIT = 50;

  private HistoryRequest() {}

  /**
   * Reads the page that the parameters {@code type, after, before, order, limit, offset, cursor} ask for; newest first unless
   * they say otherwise.
   *
   * @param stream only this stream's
   * @param user only this user's
   */
  static String page(
      EventHistory history,
      MultivaluedMap<String, String> parameters,
      Optional<StreamId> stream,
      Optional<Address> user) {
    QueryParameters query = new QueryParameters(parameters);
    Set<EventType> types = query.many("type", EventType.values().length, HistoryRequest::eventType);
    Optional<LogPosition> after = query.one("after", LogPosition::parse);
    Optional<LogPosition> before = query.one("before", LogPosition::parse);
    Optional<LogPosition> cursor = query.one("cursor", LogPosition::parse);
    boolean ascending = query.ascending("order", false);
    int limit = query.integer("limit", 1, HistoryQuery.MAX_LIMIT, DEFAULT_LIMIT);
    int offset = query.integer("offset", 0, HistoryQuery.MAX_OFFSET, 0);
    if (stream.isPresent() && user.isPresent()) {
      query.reject("user", "give stream or user, not both");
    }
    HistoryQuery wanted =
        query.build(
            () ->
                new HistoryQuery(
                    stream,
                    user,
                    types,
                    ascending && cursor.isPresent() ? cursor : after,
                    !ascending && cursor.isPresent() ? cursor : before,
                    ascending,
                    limit,
                    offset));
    return write(history.page(wanted), limit, offset);
  }

  static EventType eventType(String field, String text) {
    return EventType.ofWireName(text)
        .orElseThrow(
            () -> new InvalidValueException(field, field + " must be an event type such as stream.withdrawn"));
  }

  private static String write(HistoryPage page, int limit, int offset) {
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
              "nextCursor", page.hasMore() ? events.get(events.size() - 1).position().toString() : null);
          json.writeEndObject();
        });
  }
}

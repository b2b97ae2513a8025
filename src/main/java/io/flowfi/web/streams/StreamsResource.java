package io.flowfi.web.streams;

import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.EventHistory;
import io.flowfi.query.StreamPage;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import io.flowfi.web.access.Access;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.events.HistoryAnswer;
import io.flowfi.web.events.HistoryRequest;
import io.flowfi.web.wire.EventIds;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.InstantSource;
import java.util.Optional;

/** Reading payment streams (contract section 1). */
@Path("streams")
@Produces(MediaType.APPLICATION_JSON)
public final class StreamsResource {
  private static final int DEFAULT_LIMIT = 20;

  private final StreamQueries streams;
  private final EventHistory history;
  private final Access access;
  private final InstantSource clock;

  public StreamsResource(
      StreamQueries streams, EventHistory history, Access access, InstantSource clock) {
    this.access = access;
    this.streams = streams;
    this.history = history;
    this.clock = clock;
  }

  @GET
  public StreamList list(@Context UriInfo uri, @Context HttpServletRequest request) {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    var sender = query.one("sender", Address::parse);
    var recipient = query.one("recipient", Address::parse);
    var token = query.one("token", Address::parse);
    var status = query.one("status", StreamsResource::status);
    var cursor = query.one("cursor", this::cursor);
    StreamQuery.Sort sort =
        query
            .one("sort", StreamsResource::sort)
            .orElse(cursor.map(StreamQuery.Cursor::sort).orElse(StreamQuery.Sort.CREATED));
    boolean ascending =
        query.ascending("order", cursor.map(StreamQuery.Cursor::ascending).orElse(false));
    int limit = query.integer("limit", 1, StreamQuery.MAX_LIMIT, DEFAULT_LIMIT);
    // for clients of the service that this one replaces; pages by offset shift while streams are
    // added
    int offset = query.integer("offset", 0, StreamQuery.MAX_OFFSET, 0);
    if (offset > 0 && cursor.isPresent()) {
      query.reject("offset", "give cursor or offset, not both");
    }
    StreamPage page =
        query.buildStrictly(
            () ->
                streams.page(
                    new StreamQuery(
                        CallerFilter.callerOf(request).seesOnly(),
                        sender,
                        recipient,
                        status,
                        token,
                        sort,
                        ascending,
                        cursor,
                        limit,
                        offset)));
    return StreamList.of(page, history.log(), limit, now());
  }

  private StreamQuery.Cursor cursor(String field, String text) {
    StreamQuery.Cursor cursor = StreamQuery.Cursor.parse(field, text);
    new EventIds(history.log()).requireHere(text, cursor.log());
    return cursor;
  }

  private static StreamStatus status(String field, String text) {
    for (StreamStatus status : StreamStatus.values()) {
      if (status.name().equalsIgnoreCase(text)) {
        return status;
      }
    }
    throw new InvalidValueException(
        field, field + " must be one of ACTIVE, PAUSED, CANCELLED, COMPLETED");
  }

  private static StreamQuery.Sort sort(String field, String text) {
    for (StreamQuery.Sort sort : StreamQuery.Sort.values()) {
      if (sort.name().equalsIgnoreCase(text)) {
        return sort;
      }
    }
    // the names of the replaced service, which its clients still send
    return switch (text) {
      case "createdAt" -> StreamQuery.Sort.CREATED;
      case "lastUpdateTime" -> StreamQuery.Sort.UPDATED;
      default -> throw new InvalidValueException(field, field + " must be created or updated");
    };
  }

  @GET
  @Path("{id}")
  public Response get(@PathParam("id") String id, @Context HttpServletRequest request) {
    PaymentStream stream = find(id, request);
    return Response.ok(new StreamState(stream, now()))
        .header(HttpHeaders.ETAG, "\"" + stream.version() + "\"")
        .build();
  }

  @GET
  @Path("{id}/claimable")
  public Claimable claimable(
      @PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    Optional<Long> asked = query.one("at", StreamsResource::seconds);
    query.buildStrictly(() -> asked);
    PaymentStream present = find(id, request);
    long at = asked.orElse(now());
    // the present, and not the past of now: the last command may be dated later than this clock
    PaymentStream then =
        asked.isEmpty()
            ? present
            : streams
                .asOf(present.id(), at)
                .orElseThrow(
                    () ->
                        ProblemException.of(409, "the log is no longer kept as far back as that"));
    return new Claimable(
        then.id().toString(),
        at,
        then.claimable(at).map(Amount::toString).orElse(null),
        then.status().name());
  }

  private static long seconds(String field, String text) {
    if (text.matches("[0-9]{1,16}") && Long.parseLong(text) <= PaymentStream.MAX_TIME) {
      return Long.parseLong(text);
    }
    throw new InvalidValueException(
        field, field + " must be Unix seconds between 0 and " + PaymentStream.MAX_TIME);
  }

  @GET
  @Path("{id}/events")
  public HistoryAnswer events(
      @PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
    PaymentStream stream = find(id, request);
    return HistoryRequest.ofStream(stream.id(), uri.getQueryParameters(), history).answer(history);
  }

  /**
   * The same as {@code users/{key}/summary}, at the path that clients of the replaced service use.
   */
  @GET
  @Path("summary/{address}")
  public Summary summary(
      @PathParam("address") String address, @Context HttpServletRequest request) {
    Address user = Address.parse("address", address);
    access.toSee(CallerFilter.callerOf(request), "address", user);
    return Summary.of(streams.summary(user, now()));
  }

  private PaymentStream find(String id, HttpServletRequest request) {
    StreamId streamId = streamId(id);
    return access.visible(
        CallerFilter.callerOf(request),
        streams.find(streamId).orElseThrow(() -> Access.unknown(streamId)));
  }

  private static StreamId streamId(String text) {
    return StreamId.parse("id", text);
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  /**
   * The amount that can be withdrawn from a stream at a time.
   *
   * @param at Unix seconds
   */
  record Claimable(String streamId, long at, String claimableAmount, String status) {}
}

package io.flowfi.web.streams;

import io.flowfi.auth.Caller;
import io.flowfi.ledger.EventHistory;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.ledger.StreamPage;
import io.flowfi.ledger.StreamQueries;
import io.flowfi.ledger.StreamQuery;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.web.access.Access;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.events.HistoryAnswer;
import io.flowfi.web.events.HistoryRequest;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Payment streams: the commands that change them, and reading them (contract section 1). */
@Path("streams")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class StreamsResource {
  private static final int DEFAULT_LIMIT = 20;

  private final Commands commands;
  private final StreamQueries streams;
  private final EventHistory history;
  private final Access access;
  private final InstantSource clock;

  public StreamsResource(
      StreamLedger ledger,
      StreamQueries streams,
      EventHistory history,
      Access access,
      InstantSource clock) {
    this.commands = new Commands(ledger);
    this.access = access;
    this.streams = streams;
    this.history = history;
    this.clock = clock;
  }

  @POST
  public CompletionStage<Response> create(
      InputStream entity, @Context HttpHeaders headers, @Context HttpServletRequest request)
      throws IOException {
    Caller caller = CallerFilter.callerOf(request);
    access.toCreate(caller);
    CommandBody body = CommandBody.read(entity);
    Optional<StreamId> id = body.optionalStreamId("streamId", "to be given the next free id");
    Address sender = body.address("sender");
    Address recipient = body.address("recipient");
    Address token = body.address("tokenAddress");
    var rate = body.amount("ratePerSecond");
    var deposit = body.amount("depositedAmount");
    long startTime = body.time("startTime");
    var reference = body.reference();
    StreamCommand.Create create =
        body.build(
            () ->
                new StreamCommand.Create(
                    id, sender, recipient, token, rate, deposit, startTime, reference));
    return commands.create(caller, create, request.getContextPath(), body, headers);
  }

  @POST
  @Path("{id}/top-up")
  public CompletionStage<Response> topUp(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    var amount = body.amount("amount");
    return submit(
        id,
        "top-up",
        body,
        headers,
        request,
        (stream, b) -> new StreamCommand.TopUp(stream, amount, b.reference()));
  }

  @POST
  @Path("{id}/withdraw")
  public CompletionStage<Response> withdraw(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    var amount = body.optionalAmount("amount", "to withdraw all that can be withdrawn");
    return submit(
        id,
        "withdraw",
        body,
        headers,
        request,
        (stream, b) -> new StreamCommand.Withdraw(stream, amount, b.reference()));
  }

  @POST
  @Path("{id}/pause")
  public CompletionStage<Response> pause(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    return submit(
        id,
        "pause",
        CommandBody.read(entity),
        headers,
        request,
        (stream, body) -> new StreamCommand.Pause(stream, body.reference()));
  }

  @POST
  @Path("{id}/resume")
  public CompletionStage<Response> resume(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    return submit(
        id,
        "resume",
        CommandBody.read(entity),
        headers,
        request,
        (stream, body) -> new StreamCommand.Resume(stream, body.reference()));
  }

  @POST
  @Path("{id}/cancel")
  public CompletionStage<Response> cancel(
      @PathParam("id") String id,
      InputStream entity,
      @Context HttpHeaders headers,
      @Context HttpServletRequest request)
      throws IOException {
    return submit(
        id,
        "cancel",
        CommandBody.read(entity),
        headers,
        request,
        (stream, body) -> new StreamCommand.Cancel(stream, body.reference()));
  }

  private CompletionStage<Response> submit(
      String id,
      String verb,
      CommandBody body,
      HttpHeaders headers,
      HttpServletRequest request,
      BiFunction<StreamId, CommandBody, StreamCommand.OnStream> make) {
    StreamId stream = streamId(id);
    body.reference(); // read before build(), which refuses fields nobody has asked for
    StreamCommand.OnStream command = body.build(() -> make.apply(stream, body));
    Caller caller = CallerFilter.callerOf(request);
    access.toRun(caller, command);
    return commands.submit(caller, command, "streams/" + stream + "/" + verb, body, headers);
  }

  @GET
  public StreamList list(@Context UriInfo uri, @Context HttpServletRequest request) {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    var sender = query.one("sender", Address::parse);
    var recipient = query.one("recipient", Address::parse);
    var token = query.one("token", Address::parse);
    var status = query.one("status", StreamsResource::status);
    var cursor = query.one("cursor", StreamQuery.Cursor::parse);
    StreamQuery.Sort sort =
        query
            .one("sort", StreamsResource::sort)
            .orElse(cursor.map(StreamQuery.Cursor::sort).orElse(StreamQuery.Sort.CREATED));
    boolean ascending =
        query.ascending("order", cursor.map(StreamQuery.Cursor::ascending).orElse(false));
    int limit = query.integer("limit", 1, StreamQuery.MAX_LIMIT, DEFAULT_LIMIT);
    // for clients of the service this one replaces: pages by offset shift while streams are added
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
    return StreamList.of(page, limit, now());
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
    throw new InvalidValueException(field, field + " must be created or updated");
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
    long at = query.one("at", StreamsResource::seconds).orElse(now());
    query.buildStrictly(() -> at);
    PaymentStream then =
        streams
            .asOf(find(id, request).id(), at)
            .orElseThrow(
                () -> ProblemException.of(409, "the log is no longer kept as far back as that"));
    return new Claimable(
        then.id().toString(), at, then.claimable(at).toString(), then.status().name());
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
    return HistoryRequest.ofStream(stream.id(), uri.getQueryParameters()).answer(history);
  }

  /**
   * The same as {@code users/{key}/summary}, where clients of the service this one replaces ask.
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
   * What could be withdrawn from a stream at a time.
   *
   * @param at Unix seconds
   */
  record Claimable(String streamId, long at, String claimableAmount, String status) {}
}

package io.flowfi.web.events;

import io.flowfi.audit.AuditEntry.Who;
import io.flowfi.audit.AuditTrail;
import io.flowfi.auth.Caller;
import io.flowfi.fanout.Subscription;
import io.flowfi.health.ServerStatus;
import io.flowfi.log.LogPosition;
import io.flowfi.log.SavedFilters;
import io.flowfi.payment.Address;
import io.flowfi.query.EventHistory;
import io.flowfi.sse.Broadcasters;
import io.flowfi.sse.ServletExchange;
import io.flowfi.web.access.Access;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.edge.ClientAddress;
import io.flowfi.web.edge.CommandTimeout;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The log of events: following it and looking back (contract sections 3 and 4). */
@Path("events")
public final class EventsResource {
  private final Broadcasters broadcasters;
  private final ConnectionSlots slots;
  private final AuditTrail audit;
  private final ServerStatus status;
  private final EventHistory history;
  private final LongPolls longPolls;
  private final Exports exports;
  private final Access access;
  private final Supplier<LogPosition> published;
  private final SavedFilters filters;
  private final InstantSource clock;

  /**
   * @param published how far the log has been given to subscribers
   */
  public EventsResource(
      Broadcasters broadcasters,
      ConnectionSlots slots,
      AuditTrail audit,
      ServerStatus status,
      EventHistory history,
      LongPolls longPolls,
      Exports exports,
      Access access,
      Supplier<LogPosition> published,
      SavedFilters filters,
      InstantSource clock) {
    this.broadcasters = broadcasters;
    this.slots = slots;
    this.audit = audit;
    this.status = status;
    this.history = history;
    this.longPolls = longPolls;
    this.exports = exports;
    this.access = access;
    this.published = published;
    this.filters = filters;
    this.clock = clock;
  }

  /** Opens an event stream; the fan-out does the rest. */
  @GET
  @Path("subscribe")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void subscribe(
      @Context SseEventSink sink,
      @Context Sse sse,
      @Context HttpServletRequest request,
      @BeanParam SubscribeParameters parameters) {
    Caller caller = CallerFilter.callerOf(request);
    // an EventSource sends no headers, so the expected account is a parameter here; checked before
    // the filter, because a saved filter is looked up among the caller's own
    parameters.account().ifPresent(expected -> CallerFilter.requireAccount(caller, expected));
    Subscription asked =
        parameters.toSubscription(history.log(), id -> filters.find(caller.account(), id));
    if (status.isDraining()) {
      throw ProblemException.later(503, "the server is stopping", 1);
    }
    // read before the check: what is published after it may give a stream to others
    LogPosition checkedAt = published.get();
    Subscription subscription =
        asked.admit(
            access.filter(caller, asked.filter()),
            caller.expires().map(expires -> Duration.between(clock.instant(), expires)),
            caller.account(),
            caller.seesOnly().map(account -> new Subscription.Limit(account, checkedAt)),
            ClientAddress.of(request).address());
    Who who = RequestRecorder.who(request);
    Runnable release =
        slots.take(
            ClientAddress.of(request).network(),
            Optional.of(who.account()).filter(account -> !account.isEmpty()));
    try {
      broadcasters
          .of(subscription.filter())
          .register(
              sink,
              subscription,
              new SubscriptionRecord(audit, clock, who, history.log(), subscription, release));
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public CompletionStage<HistoryAnswer> history(
      @Context UriInfo uri, @Context HttpServletRequest request) {
    Caller caller = CallerFilter.callerOf(request);
    HistoryRequest asked =
        HistoryRequest.of(uri.getQueryParameters(), history).visibleTo(caller, access);
    HistoryAnswer answer = asked.answer(history);
    Duration wait = asked.patience().orElse(Duration.ZERO);
    if (caller.expires().isPresent()) {
      Duration left = Duration.between(clock.instant(), caller.expires().get());
      wait = left.compareTo(wait) < 0 ? left : wait;
    }
    request.setAttribute(CommandTimeout.SUSPENDED_READ, Boolean.TRUE);
    return wait.compareTo(Duration.ZERO) <= 0 || !answer.events().isEmpty()
        ? CompletableFuture.completedFuture(answer)
        : longPolls.await(
            asked,
            () -> asked.visibleTo(caller, access),
            answer,
            wait,
            ClientAddress.of(request).network(),
            caller.account().map(Address::strKey));
  }

  /** The server's own choice is the page: the quality of these is lower. */
  @GET
  @Produces(ExportFormat.Lines.TYPE + ";qs=0.5")
  public Response exportLines(@Context UriInfo uri, @Context ServletExchange exchange) {
    return export(uri, exchange, new ExportFormat.Lines());
  }

  @GET
  @Produces(CsvTable.TYPE + ";qs=0.4")
  public Response exportTable(@Context UriInfo uri, @Context ServletExchange exchange) {
    return export(uri, exchange, new CsvTable());
  }

  private Response export(UriInfo uri, ServletExchange exchange, ExportFormat format) {
    Caller caller = CallerFilter.callerOf(exchange.request());
    HistoryRequest asked =
        HistoryRequest.ofExport(uri.getQueryParameters(), history).visibleTo(caller, access);
    return exports.begin(asked.query(), format, caller.account().map(Address::strKey), exchange);
  }
}

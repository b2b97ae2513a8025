package io.flowfi.web.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.audit.AuditFindings;
import io.flowfi.audit.AuditMark;
import io.flowfi.audit.AuditQuery;
import io.flowfi.audit.AuditSearch;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryQuery;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.wire.EventIds;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import io.flowfi.web.wire.TimeText;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What the audit log of this node says. */
@Path("admin/audit")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
public final class AuditResource {
  private static final int LONGEST_PAGE = 200;
  private static final int USUAL_PAGE = 50;
  private static final int PATIENCE_SECONDS = 5;

  private static final Set<String> KINDS =
      Set.of("command", "subscribed", "unsubscribed", "refused", "refused_more", "lost");

  private final AuditSearch search;
  private final EventHistory events;
  private final Deliveries deliveries;

  private static final Pattern LOGIN =
      Pattern.compile("/auth(?:/(?:challenge|verify|ticket|session))?/?$");

  /** Of searches: each takes a processor for a moment. */
  private final Semaphore turn = new Semaphore(1, true);

  public AuditResource(AuditSearch search, EventHistory events, Deliveries deliveries) {
    this.search = search;
    this.events = events;
    this.deliveries = deliveries;
  }

  /** Entries, newest first. */
  @GET
  public AuditPage entries(@Context UriInfo uri, @Context HttpServletRequest request) {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    Map<String, String> fields = new HashMap<>();
    query.one("kind", AuditResource::kind).ifPresent(kind -> fields.put("kind", kind));
    query
        .one("account", Address::parse)
        .ifPresent(account -> fields.put("account", account.strKey()));
    for (String name : List.of("client", "request", "address")) {
      query.one(name, AuditResource::word).ifPresent(word -> fields.put(name, word));
    }
    Optional<Instant> since = query.one("since", TimeText::parse);
    Optional<Instant> until = query.one("until", TimeText::parse);
    int limit = query.integer("limit", 1, LONGEST_PAGE, USUAL_PAGE);
    Optional<AuditMark> from = query.one("cursor", AuditResource::mark);
    AuditQuery asked =
        query.buildStrictly(
            () -> new AuditQuery(fields, this::isOfThisLedger, since, until, limit, from));
    fields.forEach((name, value) -> RequestRecorder.note(request, name, value));
    return AuditPage.of(inTurn(asked));
  }

  /**
   * The sandbox and the real ledger have one audit log. A login through the sandbox is valid for
   * the real ledger, so whoever looks for logins there finds it, with its mark.
   */
  private boolean isOfThisLedger(JsonNode entry) {
    boolean tried = entry.path("sandbox").asBoolean();
    return tried == events.log().isSandbox()
        || tried && LOGIN.matcher(entry.path("path").asText()).find();
  }

  /** Which connections were sent an event. */
  @GET
  @Path("deliveries")
  public EventDeliveries deliveries(@Context UriInfo uri, @Context HttpServletRequest request) {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    Optional<LogPosition> position = query.one("position", new EventIds(events.log())::position);
    if (position.isEmpty() && !query.hasErrors()) {
      query.reject("position", "position is required: the id of the event");
    }
    Optional<Address> account = query.one("account", Address::parse);
    int limit = query.integer("limit", 1, LONGEST_PAGE, USUAL_PAGE);
    Optional<AuditMark> from = query.one("cursor", AuditResource::mark);
    LogPosition place = query.buildStrictly(position::get);
    RequestRecorder.note(request, "position", place.value());
    account.ifPresent(address -> RequestRecorder.note(request, "account", address.strKey()));
    LoggedEvent event = event(place);
    List<Delivery> open =
        from.isEmpty() ? deliveries.open(event, account, LONGEST_PAGE) : List.of();
    AuditFindings closed = inTurn(deliveries.closed(event, account, limit, from));
    List<Delivery> all = new ArrayList<>(open);
    closed.entries().stream().map(AuditedEntry::of).map(Delivery::closed).forEach(all::add);
    return new EventDeliveries(
        event.position().value(),
        event.type().wireName(),
        event.timestamp(),
        all,
        closed.next().map(AuditMark::toString).orElse(null));
  }

  private LoggedEvent event(LogPosition position) {
    return events
        .page(
            new HistoryQuery(
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Optional.of(new LogPosition(Math.max(0, position.value() - 1))),
                Optional.of(position.next()),
                true,
                1,
                0))
        .events()
        .stream()
        .findFirst()
        .orElseThrow(
            () -> ProblemException.of(404, "the log has no event at position " + position));
  }

  private AuditFindings inTurn(AuditQuery query) {
    try {
      if (!turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw ProblemException.later(503, "others search the audit log at the moment", 2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ProblemException.later(503, "the server is stopping", 1);
    }
    try {
      return search.find(query);
    } finally {
      turn.release();
    }
  }

  private static String kind(String field, String text) {
    if (!KINDS.contains(text)) {
      throw new InvalidValueException(
          field, field + " must be one of " + String.join(", ", KINDS.stream().sorted().toList()));
    }
    return text;
  }

  /** Ids of ours and network addresses. */
  private static String word(String field, String text) {
    if (!text.matches("[A-Za-z0-9._:%-]{1,128}")) {
      throw new InvalidValueException(field, field + " must be as the entries have it");
    }
    return text;
  }

  private static AuditMark mark(String field, String text) {
    try {
      return AuditMark.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException(field, field + " must be the nextCursor of a page");
    }
  }

  /**
   * Entries of the audit log.
   *
   * @param searchedTo when the oldest entry was written that was looked at
   */
  record AuditPage(List<AuditedEntry> entries, String searchedTo, String nextCursor) {
    private static AuditPage of(AuditFindings found) {
      return new AuditPage(
          found.entries().stream().map(AuditedEntry::of).toList(),
          found.searchedTo().map(Instant::toString).orElse(null),
          found.next().map(AuditMark::toString).orElse(null));
    }
  }

  /** To which connections of this node an event was sent, those that are open first. */
  record EventDeliveries(
      long position, String type, long timestamp, List<Delivery> deliveries, String nextCursor) {}
}

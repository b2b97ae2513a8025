package io.flowfi.web.events;

import io.flowfi.fanout.FanOutSettings;
import io.flowfi.fanout.Subscription;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogCursor;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * The parameters of a subscribe request (contract section 3). An unknown parameter is rejected: a
 * misspelled filter would follow less, or more, than was meant.
 */
public final class SubscribeParameters {
  private static final WholeSeconds HEARTBEAT =
      new WholeSeconds(FanOutSettings.SHORTEST_HEARTBEAT, FanOutSettings.LONGEST_HEARTBEAT);

  private final UriInfo uri;
  private final String lastEventIdHeader;

  SubscribeParameters(UriInfo uri, HttpHeaders headers) {
    this.uri = uri;
    this.lastEventIdHeader = headers.getHeaderString("Last-Event-ID");
  }

  /** The account that the client expects to be, as it was sent. */
  Optional<String> account() {
    return Optional.ofNullable(uri.getQueryParameters().getFirst("account"));
  }

  /**
   * @param log which log it is: a position of another one is {@link LogPosition#NOWHERE}
   * @param saved finds a filter of the caller by its id
   * @throws ProblemException 400 naming every parameter that is not valid
   */
  Subscription toSubscription(LogIdentity log, Function<String, Optional<EventFilter>> saved) {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    WrittenFilter written = WrittenFilter.read(query);
    Optional<EventFilter> named = query.one("filter", (name, id) -> named(name, id, saved));
    boolean snapshot = query.flag("snapshot");
    Optional<LogPosition> resumeAfter = resumeAfter(query).map(cursor -> cursor.in(log));
    Optional<Duration> heartbeat = query.one("heartbeat", HEARTBEAT::parse);
    query.one("account", Address::parse); // for its form; see account()
    if (named.isPresent() && !written.isAbsent()) {
      query.reject("filter", "give filter, or streams, users, types and all, not both");
    }
    query.rejectUnknown();
    // not after a misspelled filter, which is already an error
    if (named.isEmpty() && written.choosesNothing() && !query.hasErrors()) {
      query.reject("streams", "subscribe to something: streams=<id>, users=<address> or all=true");
    }
    return query.build(
        () ->
            new Subscription(
                clientId(), named.orElseGet(written::toFilter), resumeAfter, snapshot, heartbeat));
  }

  private static EventFilter named(
      String name, String id, Function<String, Optional<EventFilter>> saved) {
    return saved
        .apply(id)
        .orElseThrow(
            () ->
                new InvalidValueException(
                    name,
                    name
                        + " must be the id of one of your filters that is still kept; POST it to"
                        + " /v1/events/filters again"));
  }

  // A name in answers and logs, not a secret: a fast random number without locks is enough.
  private static String clientId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  private Optional<LogCursor> resumeAfter(QueryParameters query) {
    Optional<LogCursor> parameter = query.one("lastEventId", LogCursor::parse);
    // an EventSource that has seen no id yet sends no header; one whose id was cleared sends an
    // empty one
    return lastEventIdHeader == null || lastEventIdHeader.isEmpty()
        ? parameter
        : query.parsed("Last-Event-ID", lastEventIdHeader, LogCursor::parse);
  }
}

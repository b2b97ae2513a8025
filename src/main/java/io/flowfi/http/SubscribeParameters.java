package io.flowfi.http;

import io.flowfi.fanout.Subscription;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.stream.Address;
import io.flowfi.stream.EventType;
import io.flowfi.stream.StreamId;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a subscribe request asks for (contract section 3). A parameter that is none of these is
 * refused: a misspelled filter would follow less, or more, than was meant.
 */
public final class SubscribeParameters {
  private final UriInfo uri;
  private final String lastEventIdHeader;

  SubscribeParameters(UriInfo uri, HttpHeaders headers) {
    this.uri = uri;
    this.lastEventIdHeader = headers.getHeaderString("Last-Event-ID");
  }

  /**
   * @throws ProblemException 400 naming every parameter that is not valid
   */
  Subscription toSubscription() {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    Set<StreamId> streams = query.many("streams", EventFilter.MAX_VALUES, StreamId::parse);
    Set<Address> users = query.many("users", EventFilter.MAX_VALUES, Address::parse);
    Set<EventType> types = query.many("types", EventFilter.MAX_VALUES, HistoryRequest::eventType);
    boolean all = query.flag("all");
    boolean snapshot = query.flag("snapshot");
    Optional<LogPosition> resumeAfter = resumeAfter(query);
    if (streams.size() + users.size() > EventFilter.MAX_VALUES) {
      query.reject(
          "streams",
          "streams and users may have at most " + EventFilter.MAX_VALUES + " values together");
    }
    query.rejectUnknown();
    // not for a filter that was misspelled: that has been said already
    if (!all && streams.isEmpty() && users.isEmpty() && !query.hasErrors()) {
      query.reject("streams", "subscribe to something: streams=<id>, users=<address> or all=true");
    }
    return query.build(
        () ->
            new Subscription(
                clientId(), new EventFilter(all, streams, users, types), resumeAfter, snapshot));
  }

  // A name in answers and logs, no secret: a random number that no thread waits for will do.
  private static String clientId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  private Optional<LogPosition> resumeAfter(QueryParameters query) {
    Optional<LogPosition> parameter = query.one("lastEventId", LogPosition::parse);
    // an EventSource that has seen no id yet sends no header; one whose id was cleared sends an
    // empty one
    return lastEventIdHeader == null || lastEventIdHeader.isEmpty()
        ? parameter
        : query.parsed("Last-Event-ID", lastEventIdHeader, LogPosition::parse);
  }
}

package io.flowfi.http;

import io.flowfi.fanout.Subscription;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.stream.Address;
import io.flowfi.stream.EventType;
import io.flowfi.stream.StreamId;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a subscribe request asks for (contract section 3). Unknown parameters are left alone:
 * clients add cache busters.
 */
public final class SubscribeParameters {
  @Context private UriInfo uri;

  @HeaderParam("Last-Event-ID")
  private String lastEventIdHeader;

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
    // not for a filter that was misspelled: that has been said already
    if (!all && streams.isEmpty() && users.isEmpty() && !query.hasErrors()) {
      query.reject("streams", "subscribe to something: streams=<id>, users=<address> or all=true");
    }
    return query.build(
        () ->
            new Subscription(
                UUID.randomUUID().toString(),
                new EventFilter(all, streams, users, types),
                resumeAfter,
                snapshot));
  }

  private Optional<LogPosition> resumeAfter(QueryParameters query) {
    // an EventSource that has seen no id yet sends no header; one whose id was cleared sends an
    // empty one
    if (lastEventIdHeader == null || lastEventIdHeader.isEmpty()) {
      return query.one("lastEventId", LogPosition::parse);
    }
    return query.parsed("Last-Event-ID", lastEventIdHeader, LogPosition::parse);
  }
}

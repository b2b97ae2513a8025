package io.flowfi.web.events;

import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.web.wire.QueryParameters;
import java.util.Set;

/** A filter in a request: in its query, or in a body if the query has no room. */
record WrittenFilter(Set<StreamId> streams, Set<Address> users, Set<EventType> types, boolean all) {

  /** Reads the four parameters; {@code query} collects the errors. */
  static WrittenFilter read(QueryParameters query) {
    WrittenFilter filter =
        new WrittenFilter(
            query.many("streams", EventFilter.MAX_VALUES, StreamId::parse),
            query.many("users", EventFilter.MAX_VALUES, Address::parse),
            query.many("types", EventFilter.MAX_VALUES, HistoryRequest::eventType),
            query.flag("all"));
    if (filter.streams.size() + filter.users.size() > EventFilter.MAX_VALUES) {
      query.reject(
          "streams",
          "streams and users may have at most " + EventFilter.MAX_VALUES + " values together");
    }
    return filter;
  }

  /** Whether none of the parameters is given. */
  boolean isAbsent() {
    return choosesNothing() && types.isEmpty();
  }

  /** Whether it selects nothing, whatever the types. */
  boolean choosesNothing() {
    return !all && streams.isEmpty() && users.isEmpty();
  }

  EventFilter toFilter() {
    return new EventFilter(all, streams, users, types);
  }
}

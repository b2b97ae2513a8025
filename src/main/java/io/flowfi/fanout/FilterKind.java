package io.flowfi.fanout;

import io.flowfi.log.EventFilter;

/** What kind of filter a connection has, for the statistics. */
enum FilterKind {
  ALL,
  STREAMS,
  USERS,
  /** Streams and users. */
  MIXED,
  /** No event. */
  NOTHING;

  static FilterKind of(EventFilter filter) {
    if (filter.all()) {
      return ALL;
    }
    if (filter.users().isEmpty()) {
      return filter.streams().isEmpty() ? NOTHING : STREAMS;
    }
    return filter.streams().isEmpty() ? USERS : MIXED;
  }
}

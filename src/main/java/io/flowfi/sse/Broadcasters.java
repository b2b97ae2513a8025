package io.flowfi.sse;

import io.flowfi.fanout.Announcements;
import io.flowfi.log.EventFilter;

/** The broadcasters of the fan-out's subscribers, one for each filter. Any thread may call. */
public final class Broadcasters {
  private final Announcements announcements;

  public Broadcasters(Announcements announcements) {
    this.announcements = announcements;
  }

  /** A view on the subscribers of a filter; it costs nothing to make one for each request. */
  public FilterBroadcaster of(EventFilter filter) {
    return new FilterBroadcaster(filter, announcements);
  }
}

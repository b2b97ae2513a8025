package io.flowfi.log;

import java.util.List;

/**
 * A piece of the log as seen through a filter.
 *
 * @param events the matching events, in order
 * @param through every event up to here has been looked at: read on from this place
 */
public record EventPage(List<LoggedEvent> events, LogPosition through) {
  public EventPage {
    events = List.copyOf(events);
  }
}

package io.flowfi.feed;

import io.flowfi.log.LoggedEvent;
import java.util.List;

/** Where the feed brings the events: each exactly once, in log order. */
@FunctionalInterface
public interface FeedSink {
  /**
   * Takes the next events, all of them or none.
   *
   * @throws RuntimeException if one cannot be processed; the feed stops there, says so, and tries
   *     the same events again
   */
  void accept(List<LoggedEvent> events);
}

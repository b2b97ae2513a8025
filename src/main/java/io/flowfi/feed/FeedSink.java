package io.flowfi.feed;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.util.List;

/** Receives the events from the feed: each exactly once, in log order. */
public interface FeedSink {
  /**
   * Takes the next events, all of them or none.
   *
   * @throws RuntimeException if one cannot be processed; the feed stops there, says so, and tries
   *     the same events again, as after an {@link Error}
   */
  void accept(List<LoggedEvent> events);

  /**
   * The events up to here will never come, because the log no longer keeps them. Subscribers that
   * still wait for one of them must be told. The next event is the one after this position.
   *
   * @throws RuntimeException as above
   */
  void skipTo(LogPosition position);
}

package io.flowfi.feed;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.util.List;

/** Where the feed brings the events: each exactly once, in log order. */
public interface FeedSink {
  /**
   * Takes the next events, all of them or none.
   *
   * @throws RuntimeException if one cannot be processed; the feed stops there, says so, and tries
   *     the same events again
   */
  void accept(List<LoggedEvent> events);

  /**
   * The events up to here will never come, because the log no longer keeps them: whoever still
   * waits for one of them must be told. The next one is the one behind.
   *
   * @throws RuntimeException as above
   */
  void skipTo(LogPosition position);
}

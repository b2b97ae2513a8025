package io.flowfi.app;

import io.flowfi.fanout.FanOut;
import io.flowfi.fanout.Frame;
import io.flowfi.feed.FeedSink;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the feed's events to the subscribers, then tells others that they were published. After
 * the fan-out has them nothing may fail: the feed would offer the same events again. If it does
 * offer some again, because an error came in between, those are not published twice. For the feed's
 * thread.
 */
final class Publisher implements FeedSink {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final FanOut fanOut;
  private final Function<LoggedEvent, Frame> frames;
  private final List<Consumer<List<LoggedEvent>>> others;
  private boolean complained;

  /**
   * @param frames makes the frame of an event
   * @param others hear of what is published; each at once
   */
  Publisher(
      FanOut fanOut,
      Function<LoggedEvent, Frame> frames,
      List<Consumer<List<LoggedEvent>>> others) {
    this.fanOut = fanOut;
    this.frames = frames;
    this.others = List.copyOf(others);
  }

  @Override
  public void accept(List<LoggedEvent> events) {
    LogPosition head = fanOut.head();
    fanOut.publish(
        events.stream().filter(event -> event.position().isAfter(head)).map(frames).toList());
    boolean wrong = false;
    for (Consumer<List<LoggedEvent>> other : others) {
      try {
        other.accept(events);
      } catch (RuntimeException | Error e) {
        wrong = true;
        if (!complained) {
          LOG.error(
              "events up to {} are published, but not everybody heard of it; said once until all do",
              events.get(events.size() - 1).position(),
              e);
        }
      }
    }
    complained = wrong;
  }

  @Override
  public void skipTo(LogPosition position) {
    if (position.isAfter(fanOut.head())) {
      fanOut.skipTo(position);
    }
  }
}

package io.flowfi.tck;

import io.flowfi.fanout.Backlog;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import java.util.List;
import java.util.function.Predicate;

/** The TCK has no log: there is nothing to catch up with. */
final class EmptyLog implements Backlog {
  @Override
  public LogBounds bounds() {
    return new LogBounds(new LogPosition(1), LogPosition.BEGINNING);
  }

  @Override
  public Page read(LogPosition after, EventFilter filter, int maxFrames) {
    return new Page(List.of(), after);
  }

  @Override
  public Page changes(
      LogPosition after, EventFilter filter, int maxFrames, Predicate<LogPosition> born) {
    return new Page(List.of(), after);
  }

  @Override
  public States states(EventFilter filter, LogPosition after, LogPosition upTo, int maxStates) {
    return new States(List.of(), LogPosition.BEGINNING, true);
  }
}

package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import java.util.function.Predicate;

/**
 * Reads the store for connections that are behind the ring, so that no pump ever waits for the
 * store. Snapshots have threads of their own, so that a resume never waits behind them.
 */
final class BacklogReaders {
  private static final int FRAMES_A_PAGE = 256;

  private final Backlog backlog;
  private final ReadQueue replays;
  private final ReadQueue snapshots;

  /**
   * @param threadCount for replays, and as many again for snapshots
   */
  BacklogReaders(Backlog backlog, int threadCount) {
    this.backlog = backlog;
    this.replays = new ReadQueue("fanout-backlog", threadCount);
    this.snapshots = new ReadQueue("fanout-snapshot", threadCount);
  }

  /** What was read for a connection. */
  sealed interface Result {
    /** Frames of the log, and what the log held right after they were read. */
    record Frames(Backlog.Page page) implements Result {}

    /** The log cannot continue from the connection's cursor. */
    record Unreachable(ResetReason reason, LogBounds bounds) implements Result {}

    /** States of a snapshot. */
    record States(Backlog.States page) implements Result {}

    /** Later events of streams whose states are already sent. */
    record Changes(Backlog.Page page) implements Result {}

    /** Nothing can be read for this connection. */
    record Broken() implements Result {}
  }

  void readLog(ConnectionHandle connection, EventFilter filter, long after) {
    replays.submit(connection, () -> logPage(filter, new LogPosition(after)));
  }

  void readStates(
      ConnectionHandle connection, EventFilter filter, long after, long upTo, int maxStates) {
    LogPosition from = new LogPosition(after);
    LogPosition to = new LogPosition(upTo);
    snapshots.submit(
        connection, () -> new Result.States(backlog.states(filter, from, to, maxStates)));
  }

  void readChanges(
      ConnectionHandle connection, EventFilter filter, long after, Predicate<LogPosition> born) {
    LogPosition from = new LogPosition(after);
    snapshots.submit(
        connection,
        () -> {
          Backlog.Page page = backlog.changes(from, filter, FRAMES_A_PAGE, born);
          return unlessTrimmed(from, new Result.Changes(page));
        });
  }

  private Result logPage(EventFilter filter, LogPosition after) {
    return unlessTrimmed(after, new Result.Frames(backlog.read(after, filter, FRAMES_A_PAGE)));
  }

  /** What was read after a position, unless the log is no longer kept from there. */
  private Result unlessTrimmed(LogPosition after, Result page) {
    // Asked after the read: if retention trimmed the log meanwhile, the page may lack the trimmed
    // events.
    LogBounds bounds = backlog.bounds();
    if (bounds.canResumeAfter(after)) {
      return page;
    }
    ResetReason reason =
        after.isAfter(bounds.head()) ? ResetReason.UNKNOWN_POSITION : ResetReason.HISTORY_TRIMMED;
    return new Result.Unreachable(reason, bounds);
  }

  void stop() {
    replays.stop();
    snapshots.stop();
  }
}

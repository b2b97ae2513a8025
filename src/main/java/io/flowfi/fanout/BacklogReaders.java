package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few threads that read older events for connections that are behind the ring, so that no pump
 * ever waits for the store.
 *
 * <p>A connection has at most one request under way, so the queue is bounded by the connections;
 * pages read and not yet taken by a pump are bounded by permits. A read that fails is tried again
 * until the store answers: the connection waits, it never skips.
 */
final class BacklogReaders {
  private static final Logger LOG = LoggerFactory.getLogger(BacklogReaders.class);
  private static final int PAGES_IN_MEMORY = 64;
  private static final int FRAMES_A_PAGE = 256;
  private static final long RETRY_MILLIS = 500;

  private final Backlog backlog;
  private final ScheduledThreadPoolExecutor threads;
  private final Semaphore permits = new Semaphore(PAGES_IN_MEMORY);
  private volatile boolean failing;

  BacklogReaders(Backlog backlog, int threadCount) {
    this.backlog = backlog;
    this.threads =
        new ScheduledThreadPoolExecutor(
            threadCount,
            task -> {
              Thread thread = new Thread(task, "fanout-backlog");
              thread.setDaemon(true);
              return thread;
            });
    threads.setRemoveOnCancelPolicy(true);
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** What was read for a connection; taken by its pump, which then calls {@link #taken()}. */
  sealed interface Result {
    /** Frames of the log, and what the log held right after they were read. */
    record Frames(Backlog.Page page) implements Result {}

    /** The log cannot continue from the connection's cursor. */
    record Unreachable(String reason, LogBounds bounds) implements Result {}

    /** A snapshot was opened. */
    record Opened(Backlog.Snapshot snapshot) implements Result {}

    /** Frames of the snapshot; none at its end. */
    record States(List<byte[]> frames) implements Result {}
  }

  @FunctionalInterface
  private interface Read {
    Result read();
  }

  void readLog(ConnectionHandle connection, EventFilter filter, long after) {
    submit(connection, () -> logPage(filter, new LogPosition(after)));
  }

  void openSnapshot(ConnectionHandle connection, EventFilter filter) {
    submit(connection, () -> new Result.Opened(backlog.snapshot(filter)));
  }

  void readSnapshot(ConnectionHandle connection, Backlog.Snapshot snapshot, long from) {
    submit(connection, () -> new Result.States(snapshot.read(from, FrameBlock.TARGET_BYTES)));
  }

  private Result logPage(EventFilter filter, LogPosition after) {
    Backlog.Page page = backlog.read(after, filter, FRAMES_A_PAGE);
    // Asked after the read: if retention trimmed meanwhile, the page may lack what was trimmed.
    LogBounds bounds = backlog.bounds();
    if (bounds.canResumeAfter(after)) {
      return new Result.Frames(page);
    }
    String reason = after.isAfter(bounds.head()) ? "unknown_position" : "history_trimmed";
    return new Result.Unreachable(reason, bounds);
  }

  private void submit(ConnectionHandle connection, Read read) {
    threads.execute(() -> run(connection, read));
  }

  private void run(ConnectionHandle connection, Read read) {
    if (connection.isClosed()) {
      // it left while it waited: a crowd that comes and goes must not keep the store busy
      connection.readEnded(null);
      return;
    }
    try {
      permits.acquire();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return;
    }
    Result result;
    try {
      result = read.read();
    } catch (RuntimeException e) {
      permits.release();
      if (!failing) {
        failing = true;
        LOG.error("reading the log for subscribers fails; they wait until it works again", e);
      }
      if (!connection.isClosed() && !threads.isShutdown()) {
        threads.schedule(() -> run(connection, read), RETRY_MILLIS, TimeUnit.MILLISECONDS);
      } else {
        connection.readEnded(null);
      }
      return;
    }
    if (failing) {
      failing = false;
      LOG.info("reading the log for subscribers works again");
    }
    connection.readEnded(result);
  }

  /** A pump has dealt with a result. */
  void taken() {
    permits.release();
  }

  void stop() {
    threads.shutdownNow();
  }
}

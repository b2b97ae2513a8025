package io.flowfi.store;

import io.flowfi.threads.DaemonThreads;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/**
 * Finds out whether the store answers, on a thread of its own: a store that hangs blocks only that
 * thread, and callers get their answer in time. Simultaneous callers share one read. Any thread may
 * call.
 */
final class StoreProbe implements AutoCloseable {
  private final DataSource source;
  private final DaemonThreads threads = new DaemonThreads("ledger-probe");
  private final ExecutorService thread = Executors.newSingleThreadExecutor(threads);

  /** The latest read. Guarded by this. */
  private CompletableFuture<Boolean> read = CompletableFuture.completedFuture(false);

  StoreProbe(DataSource source) {
    this.source = source;
  }

  /** Whether a read ends well within the limit. */
  boolean answersWithin(Duration limit) {
    try {
      return read().get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized CompletableFuture<Boolean> read() {
    if (read.isDone()) {
      read = CompletableFuture.supplyAsync(this::isThere, thread);
    }
    return read;
  }

  private boolean isThere() {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT seq FROM log_head WHERE id = 1")) {
      return row.next();
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    threads.awaitEnd();
  }
}

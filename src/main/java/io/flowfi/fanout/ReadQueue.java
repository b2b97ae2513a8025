package io.flowfi.fanout;

import io.flowfi.fanout.BacklogReaders.Result;
import io.flowfi.threads.DaemonThreads;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads that read the store for connections, in the order they ask.
 *
 * <p>A connection has at most one request under way, so the queue is bounded by the connections;
 * results that no pump has taken yet are bounded by permits. A failed read is tried again, at
 * growing intervals, until the store answers: its connection waits and never skips events, and the
 * others go on. A read that ends in an {@link Error} ends its connection.
 */
final class ReadQueue {
  private static final Logger LOG = LoggerFactory.getLogger(ReadQueue.class);
  private static final int PAGES_IN_MEMORY = 64;
  private static final long FIRST_RETRY_MILLIS = 500;
  private static final int MOST_DOUBLINGS = 3;
  private static final long COMPLAINT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final DaemonThreads started;
  private final ScheduledThreadPoolExecutor threads;
  private final Semaphore permits = new Semaphore(PAGES_IN_MEMORY);
  private final AtomicInteger failing = new AtomicInteger();
  private final AtomicLong nextComplaint = new AtomicLong(System.nanoTime());

  ReadQueue(String threadName, int threadCount) {
    started = new DaemonThreads(threadName);
    threads = new ScheduledThreadPoolExecutor(threadCount, started);
    threads.setRemoveOnCancelPolicy(true);
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Reads for a connection; {@link ConnectionHandle#readEnded} reports the end. */
  void submit(ConnectionHandle connection, Supplier<Result> read) {
    threads.execute(new Reading(connection, read));
  }

  /** One request. The connection's pump calls {@link #taken()} after its end. */
  final class Reading implements Runnable {
    private final ConnectionHandle connection;
    private final Supplier<Result> read;
    private int failures;
    private boolean holdsPermit;
    private Result result;

    Reading(ConnectionHandle connection, Supplier<Result> read) {
      this.connection = connection;
      this.read = read;
    }

    /** Null if nothing was read because the connection or the engine has ended. */
    Result result() {
      return result;
    }

    /** The pump has used the result. */
    void taken() {
      if (holdsPermit) {
        holdsPermit = false;
        permits.release();
      }
    }

    @Override
    public void run() {
      if (connection.isClosed()) {
        // its client left while it waited: clients that come and go must not keep the store busy
        end(null);
        return;
      }
      try {
        permits.acquire();
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        end(null);
        return;
      }
      holdsPermit = true;
      try {
        end(read.get());
      } catch (RuntimeException e) {
        taken();
        failed(e);
      } catch (Throwable e) {
        LOG.error("a read for a subscriber cannot be carried out; its connection is closed", e);
        end(new Result.Broken());
      }
    }

    private void failed(RuntimeException cause) {
      if (failures++ == 0) {
        failing.incrementAndGet();
      }
      complain(cause);
      try {
        threads.schedule(this, retryMillis(failures), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException stopping) {
        end(null);
      }
    }

    private void end(Result ended) {
      result = ended;
      if (failures > 0 && failing.decrementAndGet() == 0) {
        LOG.info("no subscriber waits any longer because of a read that fails");
      }
      connection.readEnded(this);
    }
  }

  /** How long a read waits after this many failures. */
  static long retryMillis(int failures) {
    return FIRST_RETRY_MILLIS << Math.min(failures - 1, MOST_DOUBLINGS);
  }

  // One message for all: otherwise one broken row would fill the log, or hide the next problem.
  private void complain(RuntimeException cause) {
    long now = System.nanoTime();
    long next = nextComplaint.get();
    if (now - next >= 0 && nextComplaint.compareAndSet(next, now + COMPLAINT_INTERVAL_NANOS)) {
      LOG.error(
          "reading for subscribers fails; {} wait until it works again", failing.get(), cause);
    }
  }

  void stop() {
    threads.shutdownNow();
    started.awaitEnd();
  }
}

package io.flowfi.metrics;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that takes a while to read, or may hang: a database, a disk, the pumps. Another thread
 * reads it, once a second at most and one reading at a time; whoever asks waits a moment for the
 * new value and otherwise gets the one before. So a store that hangs costs a scrape a quarter of a
 * second once, and the figures of everything else are still there.
 *
 * <p>One thread at a time asks.
 */
public final class LatestReading<T> {
  private static final Logger LOG = LoggerFactory.getLogger(LatestReading.class);
  private static final long INTERVAL = Duration.ofSeconds(1).toNanos();
  private static final long PATIENCE = Duration.ofMillis(250).toNanos();

  private final Supplier<T> source;
  private final Executor threads;
  private Optional<T> value = Optional.empty();
  private CompletableFuture<T> reading;
  private long begun;

  LatestReading(Supplier<T> source, Executor threads) {
    this.source = source;
    this.threads = threads;
  }

  /** The latest value; empty if the last reading has failed, or the first one has not ended. */
  public Optional<T> value() {
    if (reading == null || reading.isDone() && System.nanoTime() - begun >= INTERVAL) {
      begin();
    }
    try {
      long left = Math.max(0, begun + PATIENCE - System.nanoTime());
      value = Optional.ofNullable(reading.get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException late) {
      LOG.debug("a figure is read for longer than a scrape waits", late);
    } catch (ExecutionException | CancellationException e) {
      LOG.debug("a figure cannot be read", e);
      value = Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return value;
  }

  private void begin() {
    begun = System.nanoTime();
    try {
      reading = CompletableFuture.supplyAsync(source, threads);
    } catch (RejectedExecutionException stopped) {
      reading = CompletableFuture.failedFuture(stopped);
    }
  }
}

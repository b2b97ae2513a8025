package io.flowfi.audit;

import io.flowfi.health.HealthCheck;
import io.flowfi.time.Clocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes entries from any thread without making it wait, and writes them to {@link AuditFiles} on
 * its own thread, in order.
 *
 * <p>It is not a logger with a handler: it must work in every container, must not block when the
 * disk blocks, and must not lose lines silently. The handlers of {@code java.util.logging} and of
 * Tomcat do one or the other. Bounded: entries that do not fit, or cannot be written, are counted,
 * logged as an error, and noted as {@code lost} in the record itself as soon as it can be written
 * again.
 *
 * <p>A line reaches the operating system within moments, but is not forced to the disk: a power
 * failure can lose the last ones. The changes of streams are in the event log, which is forced.
 */
public final class AuditLog implements AuditTrail, HealthCheck, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  static final int CAPACITY = 32_768;
  private static final int BATCH = 1_024;

  /**
   * The pause between two writes, which collects entries. Otherwise thousands of commands a second
   * would wake the writer as often, which costs more than their lines.
   */
  private static final Duration BETWEEN_WRITES = Duration.ofMillis(10);

  private static final Duration STOP = Duration.ofSeconds(1);
  private static final Duration BETWEEN_COMPLAINTS = Duration.ofSeconds(10);

  private final BlockingQueue<AuditEntry> waiting;
  private final AtomicLong unreported = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AuditFiles files;
  private final Clocks clock;
  private final Thread writer;
  private boolean complained;
  private long lastComplaint;
  private volatile boolean failing;
  private volatile boolean closing;

  /**
   * Opens the files.
   *
   * @throws UncheckedIOException if it cannot be written to
   */
  public AuditLog(AuditSettings settings, Clocks clock) {
    this(settings, clock, CAPACITY);
  }

  AuditLog(AuditSettings settings, Clocks clock, int capacity) {
    this.clock = clock;
    waiting = new ArrayBlockingQueue<>(capacity);
    try {
      files = new AuditFiles(settings, clock);
    } catch (IOException e) {
      throw new UncheckedIOException("the audit log under FLOWFI_DATA_DIR cannot be written to", e);
    }
    writer = new Thread(this::run, "flowfi-audit");
    writer.setDaemon(true);
  }

  /** Starts the thread that writes. */
  public void start() {
    writer.start();
  }

  @Override
  public void record(AuditEntry entry) {
    if (closing || !waiting.offer(entry)) {
      unreported.incrementAndGet();
      lost.incrementAndGet();
    }
  }

  @Override
  public String name() {
    return "audit";
  }

  @Override
  public Optional<String> trouble() {
    return HealthCheck.trouble(failing, "cannot be written to");
  }

  /** Entries that could not be written since the start. */
  public long lost() {
    return lost.get();
  }

  private void run() {
    List<AuditEntry> batch = new ArrayList<>(BATCH);
    try {
      while (!closing || !waiting.isEmpty()) {
        AuditEntry first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          waiting.drainTo(batch, BATCH - 1);
        }
        if (!batch.isEmpty() || unreported.get() > 0) {
          write(batch);
          batch.clear();
          Thread.sleep(BETWEEN_WRITES.toMillis());
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } finally {
      files.close();
    }
  }

  private void write(List<AuditEntry> batch) {
    long missing = unreported.getAndSet(0);
    int taken = batch.size();
    if (missing > 0) {
      batch.add(new AuditEntry.Lost(clock.instant(), missing));
    }
    try {
      files.append(batch);
      failing = false;
      if (missing > 0) {
        complain(
            "{} entries of the audit log were lost: they came faster than they could be written",
            missing,
            null);
      }
    } catch (IOException | RuntimeException e) {
      // the next round tries again, in a new file if necessary, because there are entries to report
      failing = true;
      unreported.addAndGet(missing + taken);
      lost.addAndGet(taken);
      complain("the audit log cannot be written to; {} entries are lost so far", lost.get(), e);
    }
  }

  private void complain(String message, long entries, Exception cause) {
    long now = System.nanoTime();
    if (!complained || now - lastComplaint > BETWEEN_COMPLAINTS.toNanos()) {
      complained = true;
      lastComplaint = now;
      LOG.error(message, entries, cause);
    }
  }

  /**
   * Writes the waiting entries, for a second at most. Then it interrupts the thread and gives it
   * one more second to end.
   */
  @Override
  public void close() {
    closing = true;
    if (writer.getState() == Thread.State.NEW) {
      files.close();
      return;
    }
    try {
      writer.join(STOP.toMillis());
      if (writer.isAlive()) {
        writer.interrupt();
        LOG.error("the audit log ends without its last {} entries", waiting.size());
        writer.join(STOP.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

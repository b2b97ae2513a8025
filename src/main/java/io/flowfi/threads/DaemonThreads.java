package io.flowfi.threads;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one pool: daemon threads with one name, so that the JVM never waits for them.
 *
 * <p>A pool reports that it has terminated when its threads have left it, but the threads live on
 * for a moment and hold our class loader. A container that checks at that moment reports a leak. So
 * the code that shuts a pool down must also wait for its threads. Thread-safe.
 */
public final class DaemonThreads implements ThreadFactory {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonThreads.class);

  /** Enough for threads that are about to end; part of the time that a stop may take. */
  private static final Duration ENOUGH = Duration.ofMillis(500);

  private static final Duration BETWEEN_INTERRUPTS = Duration.ofMillis(20);

  private final String name;

  /** Guarded by this. */
  private final Set<Thread> started = new HashSet<>();

  public DaemonThreads(String name) {
    this.name = name;
  }

  @Override
  public synchronized Thread newThread(Runnable task) {
    // a pool asks for a new thread when one has died
    started.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    started.add(thread);
    return thread;
  }

  /**
   * Waits for the threads of a pool that has been shut down, half a second at most: a thread that
   * hangs is abandoned, and the log says so. An interrupt ends the waiting and stays set.
   */
  public void awaitEnd() {
    awaitEnd(ENOUGH, false);
  }

  /**
   * The same, for threads whose work may be cut off. They are interrupted again and again: what
   * they call may take the one interrupt of the pool for its own, and then they sleep on.
   */
  public void cutOff() {
    awaitEnd(BETWEEN_INTERRUPTS, true);
  }

  private void awaitEnd(Duration turn, boolean interrupt) {
    long deadline = System.nanoTime() + ENOUGH.toNanos();
    try {
      for (Thread thread : copy()) {
        if (thread != Thread.currentThread()) {
          do {
            long left = Math.min(turn.toNanos(), deadline - System.nanoTime());
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, left));
            if (interrupt) {
              thread.interrupt();
            }
          } while (thread.isAlive() && System.nanoTime() < deadline);
          if (thread.isAlive()) {
            LOG.warn("a thread {} has not ended; it is left to itself", name);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<Thread> copy() {
    return List.copyOf(started);
  }
}

package io.flowfi.feed;

import io.flowfi.log.LoggedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Batches that have come before those that they follow. Where several nodes write, a node often
 * hears of its own commit before it hears of the other node's commit just before it. That one is on
 * its way: waiting a moment is cheaper than a look at the log. Used by one thread.
 */
final class EarlyBatches {
  private static final int MOST = 32;
  private static final long PATIENCE = Duration.ofMillis(2).toNanos();

  private final NavigableMap<Long, List<LoggedEvent>> byFirst = new TreeMap<>();

  /** When the first of them has waited long enough. */
  private long deadline;

  /**
   * Keeps a batch, unless there is no room.
   *
   * @return whether it is kept
   */
  boolean keep(List<LoggedEvent> batch) {
    if (byFirst.size() == MOST) {
      return false;
    }
    if (byFirst.isEmpty()) {
      deadline = System.nanoTime() + PATIENCE;
    }
    byFirst.put(batch.get(0).position().value(), batch);
    return true;
  }

  /** Takes out a batch that brings nothing later than the next event; null if there is none. */
  List<LoggedEvent> takeAfter(long position) {
    Map.Entry<Long, List<LoggedEvent>> first = byFirst.firstEntry();
    return first == null || first.getKey() > position + 1
        ? null
        : byFirst.pollFirstEntry().getValue();
  }

  boolean isEmpty() {
    return byFirst.isEmpty();
  }

  /** How long to wait for what is missing; below 1 if there is something to wait for no longer. */
  long nanosLeft() {
    return deadline - System.nanoTime();
  }

  void clear() {
    byFirst.clear();
  }
}

package io.flowfi.counts;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When the commands arrived that made the latest events of the log, so that their delivery can be
 * timed without carrying a time along with each event. Bounded: it forgets the oldest. Events of
 * other nodes are not in it.
 *
 * <p>One thread notes them, any thread asks.
 */
public final class Arrivals {
  /** Events that nobody has delivered by then are late for other reasons, and are caught up on. */
  private static final int EVENTS = 1 << 14;

  /** Not known, or no longer. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  private final AtomicLongArray positions = new AtomicLongArray(EVENTS);
  private final AtomicLongArray times = new AtomicLongArray(EVENTS);

  /**
   * Notes an arrival.
   *
   * @param position of the event in the log, 1 or more
   * @param nanos by {@link System#nanoTime}
   */
  public void note(long position, long nanos) {
    int slot = slot(position);
    // whoever sees the new time also sees that the old position is gone
    positions.setRelease(slot, 0);
    times.setRelease(slot, nanos);
    positions.setRelease(slot, position);
  }

  /**
   * When the command of the event at this position arrived, by {@link System#nanoTime}; {@link
   * #UNKNOWN} otherwise.
   */
  public long of(long position) {
    int slot = slot(position);
    if (positions.getAcquire(slot) != position) {
      return UNKNOWN;
    }
    long nanos = times.getAcquire(slot);
    return positions.getAcquire(slot) == position ? nanos : UNKNOWN;
  }

  private static int slot(long position) {
    return (int) (position & (EVENTS - 1));
  }
}

package io.flowfi.fanout;

import java.util.function.BiConsumer;

/**
 * Returns each connection at about the time it asked for: never earlier, and at most one tick later
 * if the thread turns the wheel in time. Adding and cancelling an entry have a constant cost, and
 * nothing is kept of an ended connection. Belongs to one pump thread.
 */
final class TimerWheel {
  private static final int SLOTS = 256;

  /** Rings of entries; the first entry of each is not a timer. */
  private final Entry[] slots = new Entry[SLOTS];

  private final long tickNanos;
  private final long startNanos;
  private long turned;
  private int size;

  TimerWheel(long tickNanos, long nowNanos) {
    this.tickNanos = tickNanos;
    this.startNanos = nowNanos;
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Entry(null, null, 0);
    }
  }

  /** What a timer is for. */
  enum Timer {
    HEARTBEAT,
    STALL
  }

  /** A timer that is set; needed to cancel it. */
  static final class Entry {
    private final Connection connection;
    private final Timer timer;
    private final long tick;
    private Entry before = this;
    private Entry after = this;

    private Entry(Connection connection, Timer timer, long tick) {
      this.connection = connection;
      this.timer = timer;
      this.tick = tick;
    }

    private void join(Entry ring) {
      before = ring.before;
      after = ring;
      before.after = this;
      ring.before = this;
    }

    private void leave() {
      before.after = after;
      after.before = before;
      before = this;
      after = this;
    }

    private boolean isAlone() {
      return after == this;
    }
  }

  Entry schedule(Connection connection, Timer timer, long dueNanos) {
    // rounded up, so never early; at least the next tick, so never put into a slot that has passed
    long tick = Math.max(turned + 1, (dueNanos - startNanos + tickNanos - 1) / tickNanos);
    Entry entry = new Entry(connection, timer, tick);
    entry.join(slots[(int) (tick % SLOTS)]);
    size++;
    return entry;
  }

  /** Cancels a timer; has no effect on one that was due. */
  void cancel(Entry entry) {
    if (!entry.isAlone()) {
      entry.leave();
      size--;
    }
  }

  /** Passes every connection that is due to {@code due}, which may schedule it again. */
  void turn(long nowNanos, BiConsumer<Connection, Timer> due) {
    long now = (nowNanos - startNanos) / tickNanos;
    long from = Math.max(turned + 1, now - SLOTS + 1);
    turned = now;
    for (long tick = from; tick <= now; tick++) {
      int slot = (int) (tick % SLOTS);
      if (slots[slot].isAlone()) {
        continue;
      }
      Entry waiting = slots[slot];
      slots[slot] = new Entry(null, null, 0);
      // a connection that is due may cancel any other timer
      while (!waiting.isAlone()) {
        Entry entry = waiting.after;
        entry.leave();
        if (entry.tick > now) {
          entry.join(slots[slot]);
        } else {
          size--;
          due.accept(entry.connection, entry.timer);
        }
      }
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Nanoseconds until the next tick. */
  long untilNextTick(long nowNanos) {
    return Math.max(0, startNanos + (turned + 1) * tickNanos - nowNanos);
  }
}

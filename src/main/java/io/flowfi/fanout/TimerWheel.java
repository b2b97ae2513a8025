package io.flowfi.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Brings each connection back at about the time it asked for: never earlier, at most one tick later
 * than the thread turns the wheel. Constant cost per entry. Belongs to one pump thread.
 */
final class TimerWheel {
  private static final int SLOTS = 256;

  private final List<List<Entry>> slots = new ArrayList<>(SLOTS);
  private final long tickNanos;
  private final long startNanos;
  private long turned;
  private int size;

  TimerWheel(long tickNanos, long nowNanos) {
    this.tickNanos = tickNanos;
    this.startNanos = nowNanos;
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new ArrayList<>(0));
    }
  }

  /** What a connection wants to be reminded of. */
  enum Timer {
    HEARTBEAT,
    STALL
  }

  private record Entry(Connection connection, Timer timer, long tick) {}

  void schedule(Connection connection, Timer timer, long dueNanos) {
    // rounded up, so never early; at least the next tick, so never lost behind the hand
    long tick = Math.max(turned + 1, (dueNanos - startNanos + tickNanos - 1) / tickNanos);
    slots.get((int) (tick % SLOTS)).add(new Entry(connection, timer, tick));
    size++;
  }

  /** Hands every connection that is due to {@code due}, which may schedule it again. */
  void turn(long nowNanos, BiConsumer<Connection, Timer> due) {
    long now = (nowNanos - startNanos) / tickNanos;
    long from = Math.max(turned + 1, now - SLOTS + 1);
    turned = now;
    for (long tick = from; tick <= now; tick++) {
      int slot = (int) (tick % SLOTS);
      List<Entry> entries = slots.get(slot);
      if (entries.isEmpty()) {
        continue;
      }
      slots.set(slot, new ArrayList<>(0));
      for (Entry entry : entries) {
        if (entry.tick > now) {
          slots.get(slot).add(entry);
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

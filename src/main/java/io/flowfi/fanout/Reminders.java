package io.flowfi.fanout;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The timers of a pump's connections: a heartbeat for an idle connection, and the end of one whose
 * socket takes nothing. An open connection has exactly one heartbeat timer and at most one stall
 * timer; an ended one has none. Belongs to one pump thread.
 */
final class Reminders {
  private final long heartbeatNanos;
  private final long stallNanos;
  private final TimerWheel timers;

  Reminders(FanOutSettings settings, long nowNanos) {
    this.heartbeatNanos = settings.heartbeatInterval().toNanos();
    this.stallNanos = settings.stallTimeout().toNanos();
    long finest = TimeUnit.MILLISECONDS.toNanos(10);
    long coarsest = TimeUnit.MILLISECONDS.toNanos(250);
    long tick = Math.min(coarsest, Math.max(finest, Math.min(heartbeatNanos, stallNanos) / 32));
    this.timers = new TimerWheel(tick, nowNanos);
  }

  void ofHeartbeat(Connection c, long lastWriteNanos) {
    c.heartbeat = timers.schedule(c, TimerWheel.Timer.HEARTBEAT, heartbeatDue(c, lastWriteNanos));
  }

  // Spread over a fifth of the interval, so that connections written together do not get their
  // heartbeats together.
  long heartbeatDue(Member c, long lastWriteNanos) {
    long idle = c.heartbeatNanos(heartbeatNanos);
    long spread = ThreadLocalRandom.current().nextLong(idle / 5 + 1);
    return c.heartbeatNoLaterThan(lastWriteNanos + idle + spread);
  }

  void ofStall(Connection c, long lastProgressNanos) {
    c.stall = timers.schedule(c, TimerWheel.Timer.STALL, lastProgressNanos + stallNanos);
  }

  /** The connection has ended. */
  void forget(Connection c) {
    timers.cancel(c.heartbeat);
    if (c.stall != null) {
      timers.cancel(c.stall);
    }
  }

  /** Handles all timers that are due. */
  void turn(long now) {
    timers.turn(now, (c, timer) -> remind(c, timer, now));
  }

  private void remind(Connection c, TimerWheel.Timer timer, long now) {
    if (timer == TimerWheel.Timer.HEARTBEAT) {
      Pump.guarded(c, () -> c.onHeartbeatTimer(now, c.heartbeatNanos(heartbeatNanos)));
    } else {
      Pump.guarded(c, () -> c.onStallTimer(now, stallNanos));
    }
  }

  boolean isEmpty() {
    return timers.isEmpty();
  }

  /** Nanoseconds until a timer may be due. */
  long untilNextTick(long nowNanos) {
    return timers.untilNextTick(nowNanos);
  }
}

package io.flowfi.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a pump's connections along the log. Each round takes everything published since the last
 * one, finds the connections that match, and writes one block to each of them.
 *
 * <p>Belongs to one pump thread, except the counts of the index.
 */
final class Round {
  private static final Logger LOG = LoggerFactory.getLogger(Round.class);

  /**
   * A round of a thousand writes takes milliseconds. For so long the scheduler lets one thread run
   * although others wait for the core: the thread that answers the command, and clients on the same
   * machine. So the pump yields now and then, but not while connections wait for a turn after this
   * round: when a crowd reconnects, every thread of the container would run first, and a round of
   * 11 ms would take 370.
   */
  private static final int DELIVERIES_BETWEEN_YIELDS = 64;

  private static final long WARNING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final FrameRing ring;
  private final ConnectionSet connections;
  private final BooleanSupplier awaited;
  private final PumpCounts counts;
  private final ConnectionIndex index = new ConnectionIndex();
  private final FrameBlock block = new FrameBlock();
  private final RoundMatches matches = new RoundMatches();
  private final List<Connection> leaving = new ArrayList<>();
  private long position;
  private long lastWarningNanos;
  private boolean delivering;
  private int sinceYield;

  /**
   * @param connections the pump's connections; all of them read on from the log when the ring is
   *     overrun
   * @param awaited whether connections wait for the round to end
   */
  Round(
      FrameRing ring,
      ConnectionSet connections,
      BooleanSupplier awaited,
      long nowNanos,
      PumpCounts counts) {
    this.counts = counts;
    this.ring = ring;
    this.connections = connections;
    this.awaited = awaited;
    this.position = ring.head();
    this.lastWarningNanos = nowNanos - WARNING_INTERVAL_NANOS;
  }

  /** Every LIVE connection of this pump has been given its matching events up to here. */
  long position() {
    return position;
  }

  /** Whether something has been published since the last round. */
  boolean isDue() {
    return ring.head() != position;
  }

  ConnectionIndex index() {
    return index;
  }

  /** Adds the connection to the index. */
  void join(Connection c) {
    index.join(c);
  }

  /** Removes the connection, which must already say that it is not in the index. */
  void leave(Connection c) {
    if (delivering) {
      leaving.add(c);
    } else {
      index.leave(c);
    }
  }

  /**
   * One round: everything published since the last one that fits into a block.
   *
   * @return whether there was anything; the position has then changed
   */
  boolean run(long now) {
    long before = position;
    long head = ring.head();
    if (head == before) {
      return false;
    }
    long delivered = counts.deliveredFrames();
    block.clear();
    long seen = before;
    while (seen < head) {
      Frame frame = ring.get(seen + 1);
      if (frame == null) {
        fallBehind(now);
        return true;
      }
      if (!block.add(frame.bytes(), seen + 1)) {
        break;
      }
      matches.add(frame, index);
      seen++;
      if (matches.isFull()) {
        break;
      }
    }
    matches.endOutsiders();
    ConnectionList everything = index.everything();
    for (int i = 0; i < everything.size(); i++) {
      Connection c = everything.get(i);
      if (c.isReady()) {
        deliver(c, block, before);
      }
    }
    matches.deliver(this, before);
    position = seen;
    counts.roundEnded(before, seen, delivered);
    finishLeaving();
    return true;
  }

  /**
   * Writes to one connection within a round. It leaves the index only after the lists are no longer
   * walked.
   */
  void deliver(Connection c, FrameBlock frames, long before) {
    delivering = true;
    try {
      c.deliver(frames, before);
    } catch (Throwable e) {
      LOG.error("delivery to {} failed; it is closed", c, e);
      Pump.guarded(c, c::end);
    } finally {
      delivering = false;
    }
    if (++sinceYield == DELIVERIES_BETWEEN_YIELDS) {
      sinceYield = 0;
      if (!awaited.getAsBoolean()) {
        Thread.yield();
      }
    }
  }

  private void finishLeaving() {
    if (!leaving.isEmpty()) {
      leaving.forEach(index::leave);
      leaving.clear();
    }
  }

  /**
   * The ring has moved past this pump: its connections read on from the log, from the pump's old
   * position.
   */
  private void fallBehind(long now) {
    if (now - lastWarningNanos >= WARNING_INTERVAL_NANOS) {
      lastWarningNanos = now;
      LOG.warn("fan-out fell behind the ring at {}; connections continue from the log", position);
    }
    matches.clear();
    long stoodAt = position;
    position = ring.head();
    connections.copy().forEach(c -> Pump.guarded(c, () -> c.fallBehind(stoodAt)));
  }
}

package io.flowfi.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a pump's connections are moved along the log: each round takes everything published since the
 * last one, finds the connections that match, and writes each of them one block.
 *
 * <p>Belongs to one pump thread, but for the counts of the index.
 */
final class Round {
  private static final Logger LOG = LoggerFactory.getLogger(Round.class);

  /**
   * A round of a thousand writes takes milliseconds, and so long the scheduler lets a thread go on
   * though others wait for the core: whoever answers the command, and on the same machine the
   * clients that have been sent theirs. So the pump gives way now and then, unless connections wait
   * for their turn after this round: in a crowd that comes back, every thread of the container
   * would go first, and a round of 11 ms take 370.
   */
  private static final int DELIVERIES_BETWEEN_YIELDS = 64;

  private static final long WARNING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final FrameRing ring;
  private final ConnectionSet connections;
  private final BooleanSupplier awaited;
  private final ConnectionIndex index = new ConnectionIndex();
  private final FrameBlock block = new FrameBlock();
  private final RoundMatches matches = new RoundMatches();
  private final List<Connection> leaving = new ArrayList<>();
  private long position;
  private long lastWarningNanos;
  private boolean delivering;
  private int sinceYield;

  /**
   * @param connections the pump's, all of which go on from the log when the ring is overrun
   * @param awaited whether connections wait for the round to end
   */
  Round(FrameRing ring, ConnectionSet connections, BooleanSupplier awaited, long nowNanos) {
    this.ring = ring;
    this.connections = connections;
    this.awaited = awaited;
    this.position = ring.head();
    this.lastWarningNanos = nowNanos - WARNING_INTERVAL_NANOS;
  }

  /** The last position every LIVE connection of this pump has been given, as far as it matches. */
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

  /** The connection will be found by what it subscribed to. */
  void join(Connection c) {
    index.join(c);
  }

  /** The connection, which must already say that it is not in the index, will be found no more. */
  void leave(Connection c) {
    if (delivering) {
      leaving.add(c);
    } else {
      index.leave(c);
    }
  }

  /**
   * One round: everything published since the last one, as far as it fits a block.
   *
   * @return whether there was anything; the position is another one then
   */
  boolean run(long now) {
    long before = position;
    long head = ring.head();
    if (head == before) {
      return false;
    }
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
    ConnectionList everything = index.everything();
    for (int i = 0; i < everything.size(); i++) {
      Connection c = everything.get(i);
      if (c.isReady()) {
        deliver(c, block, before);
      }
    }
    matches.deliver(this, before);
    position = seen;
    finishLeaving();
    return true;
  }

  /**
   * Writes to one connection within a round; leaving the index waits until the lists are no longer
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
   * The ring has moved past this pump: its connections go on from the log, each from where the pump
   * stood.
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

package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A frame outside the log, on its way to the subscribers that it concerns. Each pump gives it to
 * its own connections; the last pump returns the permit.
 */
final class Announcement {
  private final EventFilter filter;
  private final byte[] frame;
  private final Semaphore permit;
  private final AtomicInteger pumps;

  /**
   * @param permit holds one permit less while the frame is on its way
   */
  Announcement(EventFilter filter, byte[] frame, int pumps, Semaphore permit) {
    this.filter = filter;
    this.frame = frame;
    this.pumps = new AtomicInteger(pumps);
    this.permit = permit;
  }

  /**
   * Gives it to the connections of a pump, on the pump's thread; each connection writes it at its
   * next turn.
   */
  void tell(ConnectionIndex index) {
    try {
      index.reachedBy(filter).forEach(c -> Pump.guarded(c, () -> tell(c)));
    } finally {
      if (pumps.decrementAndGet() == 0) {
        permit.release();
      }
    }
  }

  private void tell(Connection c) {
    if (!c.output().hasRoomBehind(frame.length) || !c.handle().send(frame)) {
      c.handle().missed();
    }
  }
}

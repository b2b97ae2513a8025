package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that is not of the log, on its way to everybody whom it concerns. Each pump tells its
 * own connections; the last one to do so gives back the permit.
 */
final class Announcement {
  private final EventFilter filter;
  private final byte[] frame;
  private final Semaphore permit;
  private final AtomicInteger pumps;

  /**
   * @param permit has one less while it is on its way
   */
  Announcement(EventFilter filter, byte[] frame, int pumps, Semaphore permit) {
    this.filter = filter;
    this.frame = frame;
    this.pumps = new AtomicInteger(pumps);
    this.permit = permit;
  }

  /** Hands it to the connections of a pump, on its thread; each writes it when its turn comes. */
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

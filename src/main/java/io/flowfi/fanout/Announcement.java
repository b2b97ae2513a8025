package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A frame outside the log, on its way to the subscribers that it concerns. Each pump gives it to
 * its own connections; the last pump returns the permit and tells how many got it.
 */
final class Announcement {
  private final EventFilter filter;
  private final byte[] frame;
  private final Semaphore permit;
  private final AtomicInteger pumps;
  private final AtomicInteger told = new AtomicInteger();
  private final CompletableFuture<Integer> done = new CompletableFuture<>();

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
        done.complete(told.get());
      }
    }
  }

  private void tell(Connection c) {
    if (isSent(c, frame)) {
      told.incrementAndGet();
    } else {
      c.handle().missed();
    }
  }

  /** On the pump's thread: whether the connection will write the frame. */
  static boolean isSent(Connection c, byte[] frame) {
    return c.output().hasRoomBehind(frame.length) && c.handle().send(frame);
  }

  /** How many connections write it, once every pump has looked at its own. */
  CompletableFuture<Integer> told() {
    return done;
  }
}

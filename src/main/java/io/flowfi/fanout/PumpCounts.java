package io.flowfi.fanout;

import io.flowfi.counts.Arrivals;
import io.flowfi.counts.Histogram;
import io.flowfi.counts.HistogramCounts;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The statistics of a pump. Only the pump's thread counts, so a count is a plain addition that is
 * published without a fence; any thread may read.
 */
final class PumpCounts {
  private final Arrivals arrivals;
  private final Histogram latency = Histogram.ofNanos();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong parked = new AtomicLong();
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong departed = new AtomicLong();
  private final AtomicLongArray open = new AtomicLongArray(2 * FilterKind.values().length);
  private final AtomicLongArray closed = new AtomicLongArray(CloseReason.values().length);
  private final AtomicLongArray resets = new AtomicLongArray(ResetReason.values().length);

  /**
   * @param arrivals of the commands whose events are delivered
   */
  PumpCounts(Arrivals arrivals) {
    this.arrivals = arrivals;
  }

  // ---- the pump thread

  void opened(FilterKind kind, boolean onSocket) {
    add(opened, 1);
    add(open, place(kind, onSocket), 1);
  }

  void ended(FilterKind kind, boolean onSocket) {
    add(ended, 1);
    add(open, place(kind, onSocket), -1);
  }

  /** The server ends a connection. */
  void closing(CloseReason reason) {
    add(closed, reason.ordinal(), 1);
  }

  /** A client was found to be gone. */
  void departed() {
    add(departed, 1);
  }

  /** A client is told to start over. */
  void reset(ResetReason reason) {
    add(resets, reason.ordinal(), 1);
  }

  /** An output has accepted this many frames, the last of them perhaps in part. */
  void delivered(int frames) {
    add(delivered, frames);
  }

  /** A socket has taken this many bytes. */
  void wrote(int taken) {
    add(bytes, taken);
  }

  /**
   * A round is over: the last byte of its frames was handed to the last socket that takes them now.
   * Once for each event of the round and not for each delivery, which would cost.
   *
   * @param deliveredBefore the count of deliveries when the round began; without a delivery there
   *     is nothing to time
   */
  void roundEnded(long before, long through, long deliveredBefore) {
    if (delivered.getPlain() == deliveredBefore) {
      return;
    }
    long now = System.nanoTime();
    for (long position = before + 1; position <= through; position++) {
      long arrival = arrivals.of(position);
      if (arrival != Arrivals.UNKNOWN) {
        latency.count(now - arrival);
      }
    }
  }

  /** A connection's socket is full. */
  void parked() {
    add(parked, 1);
  }

  /** A socket that was full has room again, or its connection has ended. */
  void unparked() {
    add(parked, -1);
  }

  private static void add(AtomicLong count, long more) {
    count.lazySet(count.getPlain() + more);
  }

  private static void add(AtomicLongArray counts, int place, long more) {
    counts.lazySet(place, counts.getPlain(place) + more);
  }

  // ---- any thread

  private static int place(FilterKind kind, boolean onSocket) {
    return 2 * kind.ordinal() + (onSocket ? 1 : 0);
  }

  /** The connections that are open, of a kind and on such an output. */
  int open(FilterKind kind, boolean onSocket) {
    return (int) open.get(place(kind, onSocket));
  }

  int open() {
    int sum = 0;
    for (int place = 0; place < open.length(); place++) {
      sum += (int) open.get(place);
    }
    return sum;
  }

  long everOpened() {
    return opened.get();
  }

  long everEnded() {
    return ended.get();
  }

  long closed(CloseReason reason) {
    return closed.get(reason.ordinal());
  }

  long gone() {
    return departed.get();
  }

  long resets(ResetReason reason) {
    return resets.get(reason.ordinal());
  }

  long deliveredFrames() {
    return delivered.get();
  }

  long writtenBytes() {
    return bytes.get();
  }

  int parkedNow() {
    return (int) parked.get();
  }

  HistogramCounts latency() {
    return latency.read();
  }
}

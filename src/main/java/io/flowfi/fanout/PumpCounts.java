package io.flowfi.fanout;

/**
 * The statistics of a pump. Only the pump's thread counts; the fields are volatile so that other
 * threads see the counts.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one writer
final class PumpCounts {
  private volatile long delivered;
  private volatile long slowClientsClosed;
  private volatile int parked;
  private volatile int open;

  // ---- the pump thread

  void opened() {
    open++;
  }

  void ended() {
    open--;
  }

  /** An output has accepted this many frames, the last of them perhaps in part. */
  void delivered(int frames) {
    delivered += frames;
  }

  void slowClientClosed() {
    slowClientsClosed++;
  }

  /** A connection's socket is full. */
  void parked() {
    parked++;
  }

  /** A socket that was full has room again, or its connection has ended. */
  void unparked() {
    parked--;
  }

  // ---- any thread

  int open() {
    return open;
  }

  long deliveredFrames() {
    return delivered;
  }

  long slowClients() {
    return slowClientsClosed;
  }

  int parkedNow() {
    return parked;
  }
}

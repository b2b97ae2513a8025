package io.flowfi.fanout;

import java.time.InstantSource;

/** The time as a pump's thread sees it. */
final class PumpClock {
  private final InstantSource wall;
  private long now = System.nanoTime();

  PumpClock(InstantSource wall) {
    this.wall = wall;
  }

  /** Reads the clock: once for each pass of the loop. */
  void look() {
    now = System.nanoTime();
  }

  /** Nanoseconds at the last {@link #look}. */
  long now() {
    return now;
  }

  /** The time of day, which may be set. */
  long wallMillis() {
    return wall.millis();
  }
}

package io.flowfi.fanout;

import java.time.Duration;

/**
 * What the connections of one pump share: their position, their sources of frames, their control
 * frames, and the turns. Belongs to the pump's thread, except {@link Turns#enqueue}.
 *
 * @param scratch a block to fill and write at once
 */
record PumpTools(
    Turns turns,
    Round round,
    FrameRing ring,
    BacklogReaders readers,
    Wording wording,
    PumpCounts counts,
    Reminders reminders,
    SocketWatch sockets,
    FrameBlock scratch,
    PumpClock clock) {

  /** See {@link Round#position()}. */
  long position() {
    return round.position();
  }

  /** See {@link PumpClock#now()}. */
  long now() {
    return clock.now();
  }

  /**
   * The closing frame of a connection.
   *
   * @param through what was sent to it
   */
  byte[] closingWords(CloseReason reason, long through) {
    Duration refusing = reason == CloseReason.SHUTDOWN ? turns.stopLimit() : Duration.ZERO;
    return wording.reconnect(reason, refusing, through);
  }
}

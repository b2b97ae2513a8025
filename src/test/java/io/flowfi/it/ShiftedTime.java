package io.flowfi.it;

import java.time.Instant;

/**
 * The time of day of a JVM with a {@link ClockAgent}, which sends to here whoever asks for it. It
 * is loaded where the JVM's own classes can reach it, so it uses nothing else of ours.
 */
public final class ShiftedTime {
  private static volatile long aheadMillis;

  private ShiftedTime() {}

  /** From now on it is ahead of the machine's by so much; negative if it is behind. */
  public static void setAhead(long millis) {
    aheadMillis = millis;
  }

  /** Instead of {@link System#currentTimeMillis}. */
  public static long currentTimeMillis() {
    return System.currentTimeMillis() + aheadMillis;
  }

  /**
   * Instead of what the clocks of {@code java.time} return.
   *
   * @param right by the machine's clock
   */
  public static Instant instant(Instant right) {
    return right.plusMillis(aheadMillis);
  }
}

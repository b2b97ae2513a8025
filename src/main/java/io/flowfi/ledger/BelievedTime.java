package io.flowfi.ledger;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of day that is safe for steps that cannot be undone, such as forgetting old answers or
 * events: a clock set ahead by mistake must not make everything old at once. It follows the clock
 * while that agrees with one that nobody sets. A jump ahead is accepted after a day. It starts at
 * the time of the log's last event. So after days without events it is late, but never early.
 * Belongs to one thread.
 */
public final class BelievedTime {
  private static final Logger LOG = LoggerFactory.getLogger(BelievedTime.class);

  /** Normal corrections and drift of clocks. */
  private static final long TOLERANCE_SECONDS = 60 * 60;

  private static final long BELIEVED_AFTER_NANOS = TimeUnit.DAYS.toNanos(1);

  private final LongSupplier nanos;
  private final long startNanos;
  private boolean known;
  private long anchor;
  private long anchorNanos;
  private boolean ahead;
  private long aheadSince;

  /**
   * @param nanos a clock that nobody sets, in nanoseconds
   */
  public BelievedTime(LongSupplier nanos) {
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
  }

  /**
   * The accepted time, never later than the clock.
   *
   * @param latest of the log's last event, in Unix seconds; 0 if there is none
   * @param clock what the clock says, in Unix seconds
   */
  public long seconds(long latest, long clock) {
    long now = nanos.getAsLong();
    if (!known) {
      known = true;
      if (latest > 0) {
        follow(Math.min(latest, clock), startNanos);
      } else {
        follow(clock, now);
      }
    }
    long borneOut = anchor + TimeUnit.NANOSECONDS.toSeconds(now - anchorNanos);
    if (clock - borneOut <= TOLERANCE_SECONDS) {
      ahead = false;
      follow(clock, now);
      return clock;
    }
    if (!ahead) {
      ahead = true;
      aheadSince = now;
      LOG.warn(
          "the clock is {} s ahead of the log and of the time since the start; nothing is"
              + " forgotten for its age until this has lasted for a day",
          clock - borneOut);
    } else if (now - aheadSince >= BELIEVED_AFTER_NANOS) {
      ahead = false;
      follow(clock, now);
      return clock;
    }
    return borneOut;
  }

  private void follow(long seconds, long atNanos) {
    anchor = seconds;
    anchorNanos = atNanos;
  }
}

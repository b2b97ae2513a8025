package io.flowfi.ledger;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of day as far as it is borne out, for what cannot be taken back: a clock that is set
 * ahead by mistake must not make everything old at once. It is followed while it goes with a clock
 * that nobody sets; a jump ahead is believed when it has stood for a day. At the start what is
 * known is the time of the log's last event. Behind the true time, then, after a standstill of
 * days, never before it. Belongs to the ledger's writer thread.
 */
final class BelievedTime {
  private static final Logger LOG = LoggerFactory.getLogger(BelievedTime.class);

  /** What clocks are corrected by, and drift apart, without anybody's mistake. */
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
   * @param nanos of a clock that nobody sets
   */
  BelievedTime(LongSupplier nanos) {
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
  }

  /**
   * The time that is believed, never later than what the clock says.
   *
   * @param latest of the log's last event, in Unix seconds; 0 if there is none
   * @param clock what the clock says, in Unix seconds
   */
  long seconds(long latest, long clock) {
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
          "the clock is {} s ahead of what the log and the time since the start bear out; answers to"
              + " Idempotency-Keys are kept until it has stood so for a day",
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

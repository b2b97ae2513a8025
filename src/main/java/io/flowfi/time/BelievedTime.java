package io.flowfi.time;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of day that is safe for steps that cannot be undone, such as forgetting old answers or
 * events: a clock set ahead by mistake must not make everything old at once. It follows the clock
 * while that agrees with one that nobody sets. A jump ahead is accepted after a day in which the
 * server ran. It starts at the time of the last event or record, or where a {@link ClockDoubt} was.
 * So after days without events it is late, but never early. Belongs to one thread.
 */
public final class BelievedTime {
  private static final Logger LOG = LoggerFactory.getLogger(BelievedTime.class);

  /** Normal corrections and drift of clocks: the accepted time may be ahead by so much. */
  public static final Duration TOLERANCE = Duration.ofHours(1);

  private static final long DAY_SECONDS = 24 * 60 * 60;

  private static final long BELIEVED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(DAY_SECONDS);

  /** How often a doubt is stored again: a restart loses that much of what it has lasted. */
  private static final long STORED_SECONDS = 60;

  private final LongSupplier nanos;
  private final long startNanos;
  private boolean known;
  private long anchor;
  private long anchorNanos;

  // while the clock is not believed
  private boolean ahead;
  private long aheadSince;
  private long aheadBy;

  /** At the last look. */
  private ClockDoubt doubt = ClockDoubt.NONE;

  /** Whether the doubt that is stored is, or was, that of this clock; several nodes store one. */
  private boolean ours;

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
   * @param latest of the last event or record, in Unix seconds; 0 if there is none; used at the
   *     first call
   * @param stored what an earlier process has left; used at the first call
   * @param clock what the clock says, in Unix seconds
   */
  public long seconds(long latest, ClockDoubt stored, long clock) {
    long now = nanos.getAsLong();
    if (!known) {
      known = true;
      begin(latest, stored, clock);
    }
    long borneOut = anchor + TimeUnit.NANOSECONDS.toSeconds(now - anchorNanos);
    long by = clock - borneOut;
    if (by <= TOLERANCE.toSeconds()) {
      return believe(clock, now);
    }
    if (!ahead || by - aheadBy > DAY_SECONDS) {
      ahead = true;
      aheadSince = now;
      aheadBy = by;
      LOG.warn(
          "the clock is {} s ahead of what was recorded last and of the time since the start; nothing is"
              + " forgotten or removed for its age until the server has run for a day with it",
          by);
    } else if (now - aheadSince >= BELIEVED_AFTER_NANOS) {
      LOG.info("the clock has been ahead for a day, so it is believed: what is old can go");
      return believe(clock, now);
    }
    ours = true;
    doubt = new ClockDoubt(borneOut, TimeUnit.NANOSECONDS.toSeconds(now - aheadSince));
    return borneOut;
  }

  private void begin(long latest, ClockDoubt stored, long clock) {
    if (!stored.isNone()) {
      follow(Math.min(stored.believed(), clock), startNanos);
      ours = true;
      ahead = true;
      aheadSince = startNanos - TimeUnit.SECONDS.toNanos(stored.lasted());
      aheadBy = Math.max(0, latest - stored.believed());
    } else if (latest > 0) {
      follow(Math.min(latest, clock), startNanos);
    } else {
      follow(clock, nanos.getAsLong());
    }
  }

  private long believe(long clock, long now) {
    ahead = false;
    doubt = ClockDoubt.NONE;
    follow(clock, now);
    return clock;
  }

  private void follow(long seconds, long atNanos) {
    anchor = seconds;
    anchorNanos = atNanos;
  }

  /**
   * What has to be stored with what is recorded next, after {@link #seconds}.
   *
   * @param stored what is
   * @return empty if that may stay
   */
  public Optional<ClockDoubt> toStore(ClockDoubt stored) {
    if (doubt.isNone()) {
      boolean clears = ours && !stored.isNone();
      ours = clears;
      return clears ? Optional.of(ClockDoubt.NONE) : Optional.empty();
    }
    boolean current = !stored.isNone() && doubt.lasted() - stored.lasted() < STORED_SECONDS;
    return current ? Optional.empty() : Optional.of(doubt);
  }
}

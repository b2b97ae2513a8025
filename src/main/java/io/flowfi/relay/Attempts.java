package io.flowfi.relay;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again and again to keep a connection: soon at first, then every quarter of a second, so
 * that a channel that returns is used within a second, also where an attempt has just begun that
 * ends in vain. The log file says once that it is away, and once that it is back. Used by one
 * thread, which {@link #end} stops.
 */
final class Attempts {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
  private static final long FIRST_MILLIS = Duration.ofMillis(50).toMillis();
  private static final long LAST_MILLIS = Duration.ofMillis(250).toMillis();

  private final String what;
  private final CountDownLatch ended = new CountDownLatch(1);
  private long pause = FIRST_MILLIS;
  private boolean failing;

  /**
   * @param what for the log: what is tried
   */
  Attempts(String what) {
    this.what = what;
  }

  void succeeded() {
    pause = FIRST_MILLIS;
    if (failing) {
      failing = false;
      LOG.info("{} works again", what);
    }
  }

  void failed(Throwable why) {
    if (!failing && !hasEnded()) {
      failing = true;
      Throwable cause = why.getCause() == null ? why : why.getCause();
      LOG.warn(
          "{} does not work and is tried again; until then events of other nodes come by polling: {}",
          what,
          cause.toString());
      LOG.debug("in full", why);
    }
  }

  /** Waits before the next attempt, with jitter so that nodes do not come all at once. */
  void pause() throws InterruptedException {
    ended.await(nextPause().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How long to wait now; the next one is longer. */
  Duration nextPause() {
    long millis = ThreadLocalRandom.current().nextLong(pause / 2, pause + 1);
    pause = Math.min(LAST_MILLIS, 2 * pause);
    return Duration.ofMillis(millis);
  }

  /** Any thread. */
  void end() {
    ended.countDown();
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }
}

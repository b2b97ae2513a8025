package io.flowfi.cluster;

import io.flowfi.limit.RateLimiter;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * What a node knows of one key of a {@link SharedRateLimiter}: the tokens that it has taken from
 * Redis and not used, when Redis has said no, and what it has allowed by itself. Thread-safe; holds
 * its lock for moments only. Times are those of a clock of nanoseconds.
 */
final class Allowance {
  private final int perMinute;

  /** Taken from Redis. */
  private int held;

  private int asking;
  private long refusedUntil;

  /** When what the node may allow by itself will all be there again. */
  private long whole;

  Allowance(int perMinute, long now) {
    this.perMinute = perMinute;
    this.refusedUntil = now;
    this.whole = now;
  }

  /**
   * Decides without asking, if that can be done.
   *
   * @param taking whether a token is used up
   * @return 0, or the seconds until there is a token
   */
  synchronized OptionalInt decide(boolean taking, long now) {
    if (held > 0) {
      held -= taking ? 1 : 0;
      return OptionalInt.of(0);
    }
    return refusedUntil - now > 0
        ? OptionalInt.of(RateLimiter.wholeSeconds(refusedUntil - now))
        : OptionalInt.empty();
  }

  /** How many tokens to ask for: of several who ask at once, one asks for all that come soon. */
  synchronized int beginAsking(int lease) {
    return asking++ == 0 ? lease : 1;
  }

  synchronized void endAsking() {
    asking--;
  }

  /** Redis has given tokens, and one of them is used. */
  synchronized void given(long tokens) {
    held += (int) tokens - 1;
  }

  /**
   * Redis has none.
   *
   * @return the seconds until there is a token
   */
  synchronized int refused(long waitNanos, long now) {
    refusedUntil = now + waitNanos;
    return RateLimiter.wholeSeconds(waitNanos);
  }

  /**
   * Decides as long as Redis does not answer: the node's share a minute, and {@code startNanos} of
   * it at once, or one token.
   *
   * @return 0, or the seconds until there is a token
   */
  synchronized int decideAlone(boolean taking, int nodes, long startNanos, long now) {
    long token = Math.max(1, TimeUnit.MINUTES.toNanos(1) * nodes / perMinute);
    long next = Math.max(0, whole - now) + token;
    long early = next - Math.max(token, startNanos);
    if (early > 0) {
      return RateLimiter.wholeSeconds(early);
    }
    whole = taking ? now + next : whole;
    return 0;
  }
}

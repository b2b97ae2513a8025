package io.flowfi.auth;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Spent challenges in the memory of this node, kept as long as they would be valid. Challenges that
 * were only issued take no memory here: anybody may request one. It uses a clock that nobody sets,
 * as {@link ChallengeNonce} does: a clock set forward and back must not make a forgotten challenge
 * valid again.
 *
 * <p>Bounded: when full, it rejects logins and forgets none.
 */
public final class LocalSpentChallenges implements SpentChallenges {
  private final LongSupplier nanos;
  private final Duration validity;
  private final int max;
  private final Map<String, Long> spent = new LinkedHashMap<>();

  /**
   * @param nanos a clock that nobody sets, in nanoseconds; the same as that of their seal
   */
  public LocalSpentChallenges(LongSupplier nanos) {
    this(nanos, Sep10Login.LIFETIME, MAX);
  }

  /**
   * @param validity no challenge is valid for longer
   */
  LocalSpentChallenges(LongSupplier nanos, Duration validity, int max) {
    this.nanos = nanos;
    this.validity = validity;
    this.max = max;
  }

  @Override
  public synchronized boolean spend(String challenge) {
    long now = nanos.getAsLong();
    Iterator<Long> oldest = spent.values().iterator();
    while (oldest.hasNext() && now - oldest.next() > validity.toNanos()) {
      oldest.remove();
    }
    if (spent.containsKey(challenge)) {
      return false;
    }
    if (spent.size() >= max) {
      throw new AuthException.Unavailable("too many logins at the moment; try again later", null);
    }
    spent.put(challenge, now);
    return true;
  }
}

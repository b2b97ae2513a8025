package io.flowfi.auth;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Spent challenges in the memory of this node, for as long as they would still be valid. Challenges
 * that were only asked for take no memory here: anybody may ask. Goes by a clock that nobody sets,
 * as {@link ChallengeNonce} does: one that is set forth and back must not make a challenge good
 * again that was forgotten meanwhile.
 *
 * <p>Bounded; when full, logins are refused rather than one forgotten.
 */
public final class LocalSpentChallenges implements SpentChallenges {
  static final int MAX = 100_000;

  private final LongSupplier nanos;
  private final Duration validity;
  private final int max;
  private final Map<String, Long> spent = new LinkedHashMap<>();

  public LocalSpentChallenges() {
    this(System::nanoTime, Sep10Login.LIFETIME, MAX);
  }

  /**
   * @param nanos of a clock that nobody sets
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

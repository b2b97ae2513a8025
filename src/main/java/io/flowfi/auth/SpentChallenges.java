package io.flowfi.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The challenges that have been answered, for as long as they would still be valid, so that each
 * buys one token. Challenges that were only asked for take no memory here: anybody may ask.
 *
 * <p>Any thread may call. Bounded; when full, logins are refused rather than one forgotten.
 */
final class SpentChallenges {
  static final int MAX = 100_000;

  private final InstantSource clock;
  private final Duration validity;
  private final int max;
  private final Map<String, Instant> spent = new LinkedHashMap<>();

  /**
   * @param validity no challenge is valid for longer
   */
  SpentChallenges(InstantSource clock, Duration validity, int max) {
    this.clock = clock;
    this.validity = validity;
    this.max = max;
  }

  /**
   * Whether this is the first time.
   *
   * @throws AuthException.Unavailable if there is no room to remember it
   */
  synchronized boolean spend(String challenge) {
    Instant now = clock.instant();
    Iterator<Instant> oldest = spent.values().iterator();
    while (oldest.hasNext() && oldest.next().isBefore(now)) {
      oldest.remove();
    }
    if (spent.containsKey(challenge)) {
      return false;
    }
    if (spent.size() >= max) {
      throw new AuthException.Unavailable("too many logins at the moment; try again later", null);
    }
    spent.put(challenge, now.plus(validity));
    return true;
  }
}

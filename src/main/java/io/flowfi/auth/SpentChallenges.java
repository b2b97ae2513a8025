package io.flowfi.auth;

/**
 * The challenges that have been used, so that each gives only one token. Any thread may call.
 *
 * <p>An implementation shared between nodes may wait for three seconds at most. When it gets no
 * answer, nobody can log in ({@link AuthException.Unavailable}, a 503); existing tokens stay valid.
 */
public interface SpentChallenges {
  /** How many are remembered: above it logins are rejected, and none is forgotten. */
  int MAX = 100_000;

  /**
   * Whether this is its first use. Remembered for {@link Sep10Login#LIFETIME} at least, by the
   * clock of their {@link ChallengeSeal}: no challenge is valid for longer.
   *
   * @throws AuthException.Unavailable if there is no room to remember it, or the shared store does
   *     not answer
   */
  boolean spend(String challenge);
}

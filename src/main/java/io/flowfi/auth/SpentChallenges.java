package io.flowfi.auth;

/**
 * The challenges that have been answered, so that each buys one token. Any thread may call.
 *
 * <p>A form that asks others waits for a second or two at most. When nobody answers, nobody can log
 * in ({@link AuthException.Unavailable}, a 503); who has a token goes on with it.
 */
public interface SpentChallenges {
  /**
   * Whether this is the first time. Remembered for {@link Sep10Login#LIFETIME} at least, by a clock
   * that nobody sets: no challenge is valid for longer.
   *
   * @throws AuthException.Unavailable if there is no room to remember it, or nobody answers
   */
  boolean spend(String challenge);
}

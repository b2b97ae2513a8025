package io.flowfi.limit;

import java.util.concurrent.TimeUnit;

/**
 * How often a key may do something: a token bucket for each, full at first, refilled evenly over a
 * minute. Any thread may call.
 *
 * <p>Never fails, because it only protects the server. An implementation in the memory of a node
 * never waits either, and is right for what is asked for every request; nodes that share its limit
 * each allow their part. An implementation that is shared between nodes waits for tens of
 * milliseconds at most, holds no lock meanwhile, and allows this node's part while it gets no
 * answer.
 */
public interface RateLimiter {
  /** Limits nothing. */
  RateLimiter NONE =
      new RateLimiter() {
        @Override
        public int take(String key) {
          return 0;
        }

        @Override
        public int peek(String key) {
          return 0;
        }
      };

  /**
   * Takes one token.
   *
   * @return 0 if there was one, otherwise the whole seconds until the next one
   */
  int take(String key);

  /** The same without taking it. */
  int peek(String key);

  /** A time of nanoseconds as {@link #take} answers it: whole seconds, at least one. */
  static int wholeSeconds(long nanos) {
    return (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + 999_999_999L));
  }
}

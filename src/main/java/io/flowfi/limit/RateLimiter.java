package io.flowfi.limit;

/**
 * How often a key may do something: a token bucket for each, full at first, refilled evenly over a
 * minute. Any thread may call.
 *
 * <p>Never fails and never waits, because it only protects the server and is called for every
 * request. Nodes that share a limit each allow their part of it, so no other server is asked.
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
}

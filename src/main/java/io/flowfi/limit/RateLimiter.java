package io.flowfi.limit;

/**
 * How often a key may do something: a token bucket for each, full at first, refilled evenly over a
 * minute. Any thread may call.
 *
 * <p>Never fails, because this protects the server and is nobody's right. A form that asks others
 * is called for every request: it waits for tens of milliseconds at most, and goes by what this
 * node has counted alone as long as nobody answers. So while they are away a client may do so much
 * on each node, and never is one kept out for want of an answer.
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
   * @return 0 if there was one, else the whole seconds until there will be
   */
  int take(String key);

  /** The same without taking it. */
  int peek(String key);
}

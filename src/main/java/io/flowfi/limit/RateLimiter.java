package io.flowfi.limit;

/**
 * How often a key may do something: a token bucket for each, full at first, refilled evenly over a
 * minute. Any thread may call.
 *
 * <p>Never fails, because it only protects the server. An implementation shared between nodes is
 * called for every request: it waits for tens of milliseconds at most, and uses this node's own
 * counts while it gets no answer. So during an outage a client may use the limit on each node, and
 * no client is locked out because of a missing answer.
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

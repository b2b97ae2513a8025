package io.flowfi.cluster;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.flowfi.limit.RateLimiter;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A limit that holds over all nodes: a key's bucket is in Redis. So that not each command waits for
 * a round trip, a node takes a hundredth of the limit at once, at least one, and uses that up. A
 * refusal of Redis is remembered for as long as it says.
 *
 * <p>{@link #peek} asks Redis only about a key of which this node has taken a token in the last two
 * minutes. So whoever has used up a limit on other nodes gets one more try on each.
 *
 * <p>While Redis does not answer, a node decides by itself. Let <i>L</i> be the limit, <i>n</i> the
 * nodes, <i>s = L/n</i> a node's share:
 *
 * <ul>
 *   <li>With Redis all nodes together use no more than one bucket of <i>L</i> gives. What they have
 *       taken and not used (<i>L</i>/100 a node) it has already given: they may use it up later.
 *   <li>While Redis is away from all of them, each allows <i>s</i>/2<i>n</i> at once and <i>s</i> a
 *       minute: together <i>s</i>/2 at once and <i>L</i> a minute.
 *   <li>When Redis is back after three seconds or more, or empty, a bucket has <i>s</i>/2 at most,
 *       and gets <i>L</i> a minute ({@link RedisRates}).
 * </ul>
 *
 * So with an outage they use at most <i>s</i> more than one bucket would have given; each of the
 * parts is at least one token. After an outage of less than three seconds the buckets are as they
 * were, and have got tokens in the meantime: <i>L</i>/20 at most, in place of the last part. A node
 * that alone is cut off from Redis allows <i>s</i>/2<i>n</i> and <i>s</i> a minute beside what the
 * others use.
 *
 * <p>The number of keys is bounded. Above it a node forgets the least used ones: Redis does not,
 * but what the node has allowed by itself begins anew.
 */
final class SharedRateLimiter implements RateLimiter {
  static final int MAX_KEYS = 20_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final String prefix;
  private final int perMinute;
  private final int lease;
  private final ClusterRates cluster;
  private final LongSupplier nanos;
  private final LoadingCache<String, Allowance> allowances;

  /**
   * @param kind what the key in Redis begins with
   * @param perMinute how many tokens one key may take on all nodes together
   * @param cluster asks Redis
   */
  SharedRateLimiter(String kind, int perMinute, ClusterRates cluster, LongSupplier nanos) {
    this.prefix = kind + ":";
    this.perMinute = perMinute;
    this.lease = Math.max(1, perMinute / 100);
    this.cluster = cluster;
    this.nanos = nanos;
    allowances =
        Caffeine.newBuilder()
            .maximumSize(MAX_KEYS)
            // by then all that it says is over
            .expireAfterAccess(2, TimeUnit.MINUTES)
            .ticker(nanos::getAsLong)
            // no thread of the common pool: it would outlive the application
            .executor(Runnable::run)
            .build(key -> new Allowance(perMinute, nanos.getAsLong()));
  }

  @Override
  public int take(String key) {
    Allowance allowance = allowances.get(key);
    OptionalInt decided = allowance.decide(true, nanos.getAsLong());
    return decided.isPresent() ? decided.getAsInt() : takeFromRedis(key, allowance);
  }

  private int takeFromRedis(String key, Allowance allowance) {
    Duration start = start();
    int tokens = allowance.beginAsking(lease);
    try {
      OptionalLong answer = cluster.ask(new RateAsk(prefix + key, perMinute, tokens, start));
      if (answer.isPresent() && answer.getAsLong() > 0) {
        allowance.given(Math.min(tokens, answer.getAsLong()));
        return 0;
      }
      return refusedOrAlone(allowance, answer, true, start);
    } finally {
      allowance.endAsking();
    }
  }

  @Override
  public int peek(String key) {
    // quietly: it does not keep the key from being forgotten
    Allowance allowance = allowances.policy().getIfPresentQuietly(key);
    if (allowance == null) {
      return 0;
    }
    OptionalInt decided = allowance.decide(false, nanos.getAsLong());
    if (decided.isPresent()) {
      return decided.getAsInt();
    }
    Duration start = start();
    OptionalLong answer = cluster.ask(new RateAsk(prefix + key, perMinute, 0, start));
    return answer.isPresent() && answer.getAsLong() >= 0
        ? 0
        : refusedOrAlone(allowance, answer, false, start);
  }

  private int refusedOrAlone(
      Allowance allowance, OptionalLong answer, boolean taking, Duration start) {
    long now = nanos.getAsLong();
    return answer.isPresent()
        ? allowance.refused(waitNanos(answer.getAsLong()), now)
        : allowance.decideAlone(taking, cluster.living(), start.toNanos(), now);
  }

  /** A minute at most, whatever Redis says. */
  private static long waitNanos(long answer) {
    return TimeUnit.MICROSECONDS.toNanos(-Math.max(-MINUTE.toMillis() * 1000, answer));
  }

  /**
   * Half of a share, as the time in which it comes: in Redis, where the whole limit comes in a
   * minute. On each node it is half of a share of the share, which comes in the same time.
   */
  private Duration start() {
    int nodes = cluster.living();
    Duration token = MINUTE.dividedBy(perMinute);
    Duration half = MINUTE.dividedBy(2L * nodes);
    return half.compareTo(token) > 0 ? half : token;
  }

  /** Keys remembered now. */
  long keys() {
    allowances.cleanUp();
    return allowances.estimatedSize();
  }
}

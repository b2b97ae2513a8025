package io.flowfi.limit;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Counts in the memory of this node. Nothing blocks.
 *
 * <p>The number of keys is bounded. Above it the least used keys are forgotten, which gives them a
 * full bucket: counting addresses does not stop an attacker with that many addresses.
 */
public final class LocalRateLimiter implements RateLimiter {
  static final int MAX_KEYS = 20_000;

  private final int perMinute;
  private final IntSupplier nodes;
  private final LoadingCache<String, Bucket> buckets;

  /**
   * @param perMinute how many tokens one key may take
   */
  public LocalRateLimiter(int perMinute) {
    this(perMinute, () -> 1);
  }

  /**
   * @param perMinute how many tokens one key may take on all nodes together
   * @param nodes how many share them: each allows that part of the limit, at least one a minute
   */
  public LocalRateLimiter(int perMinute, IntSupplier nodes) {
    this(perMinute, nodes, System::nanoTime);
  }

  LocalRateLimiter(int perMinute, IntSupplier nodes, LongSupplier nanos) {
    this.perMinute = perMinute;
    this.nodes = nodes;
    TimeMeter clock = new Clock(nanos);
    Bandwidth bandwidth =
        Bandwidth.builder()
            .capacity(perMinute)
            .refillGreedy(perMinute, Duration.ofMinutes(1))
            .build();
    buckets =
        Caffeine.newBuilder()
            .maximumSize(MAX_KEYS)
            // by then a bucket is full again, so a new one is the same
            .expireAfterAccess(2, TimeUnit.MINUTES)
            // no thread of the common pool: it would outlive the application
            .executor(Runnable::run)
            .build(
                key -> Bucket.builder().withCustomTimePrecision(clock).addLimit(bandwidth).build());
  }

  private record Clock(LongSupplier nanos) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return nanos.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  @Override
  public int take(String key) {
    Bucket bucket = buckets.get(key);
    int price = price();
    return bucket.tryConsume(price) ? 0 : secondsUntilNext(bucket, price);
  }

  @Override
  public int peek(String key) {
    Bucket bucket = buckets.getIfPresent(key);
    int price = price();
    return bucket == null || bucket.getAvailableTokens() >= price
        ? 0
        : secondsUntilNext(bucket, price);
  }

  /** Each node has a bucket for the whole limit, and pays for all nodes. */
  private int price() {
    return Math.max(1, Math.min(perMinute, nodes.getAsInt()));
  }

  private static int secondsUntilNext(Bucket bucket, int price) {
    long nanos = bucket.estimateAbilityToConsume(price).getNanosToWaitForRefill();
    return RateLimiter.wholeSeconds(nanos);
  }

  /** Keys remembered now. */
  long keys() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }
}

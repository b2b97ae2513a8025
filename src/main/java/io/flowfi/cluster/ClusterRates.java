package io.flowfi.cluster;

import io.flowfi.limit.RateLimiter;
import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What a node among others counts a minute together with them: a {@link SharedRateLimiter} for each
 * kind, over one connection to Redis. Any thread may use them.
 */
public final class ClusterRates implements AutoCloseable {
  private final IntSupplier nodes;
  private final RedisPatience patience;
  private final LongSupplier nanos;
  private final RateCounter counter;

  /**
   * Nothing runs yet.
   *
   * @param nodes how many live, this one included
   */
  public ClusterRates(IntSupplier nodes, RedisServers redis, LogIdentity log) {
    this(nodes, redis, log, RedisPatience.SHORT, System::nanoTime);
  }

  /**
   * @param patience how long a request waits for Redis
   * @param nanos the clock of what a node allows by itself
   */
  ClusterRates(
      IntSupplier nodes,
      RedisServers redis,
      LogIdentity log,
      Duration patience,
      LongSupplier nanos) {
    this.nodes = nodes;
    this.patience = new RedisPatience(patience);
    this.nanos = nanos;
    this.counter = new RateCounter(() -> new RedisRates(redis, log));
  }

  /**
   * A limiter whose limit holds over all nodes.
   *
   * @param kind a word for what is counted; the nodes count together what has the same
   */
  public RateLimiter of(String kind, int perMinute) {
    return new SharedRateLimiter(kind, perMinute, this, nanos);
  }

  public void start() {
    counter.start();
  }

  /** How many nodes live, this one included. */
  int living() {
    return Math.max(1, nodes.getAsInt());
  }

  /**
   * Waits for Redis.
   *
   * @return as {@link RateAsk#answer}; empty if there is no answer in time, or none to be expected
   */
  OptionalLong ask(RateAsk ask) {
    if (patience.rests() || !counter.ask(ask)) {
      return OptionalLong.empty();
    }
    OptionalLong answer = patience.await(ask.answer()).orElse(OptionalLong.empty());
    ask.giveUp(); // without effect if there was an answer
    return answer;
  }

  RedisPatience patience() {
    return patience;
  }

  @Override
  public void close() {
    counter.close();
  }
}

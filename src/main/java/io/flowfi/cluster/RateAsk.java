package io.flowfi.cluster;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A question to Redis for tokens of one bucket.
 *
 * @param bucket what it is for: a kind of limit, and the account or network
 * @param perMinute how many tokens come a minute, and how many the bucket holds
 * @param tokens how many are taken at most; 0 only looks
 * @param start how much of the minute's tokens a bucket has at most when counting begins
 * @param answer the tokens that were taken (0 for a look that found one), or, below 0, the
 *     microseconds until there is one; empty if Redis did not answer. Once it is done nobody waits
 *     for it
 */
record RateAsk(
    String bucket,
    int perMinute,
    int tokens,
    Duration start,
    CompletableFuture<OptionalLong> answer) {
  RateAsk(String bucket, int perMinute, int tokens, Duration start) {
    this(bucket, perMinute, tokens, start, new CompletableFuture<>());
  }

  void giveUp() {
    answer.complete(OptionalLong.empty());
  }
}

package io.flowfi.limit;

/**
 * A limiter for each of the {@link RateSettings}.
 *
 * @param requests by client network
 * @param connects event streams opened, by client network
 * @param commands by account, or by client network without one
 * @param authFailures rejected credentials, by client network
 */
public record Rates(
    RateLimiter requests, RateLimiter connects, RateLimiter commands, RateLimiter authFailures) {

  /** Counts in the memory of this node. */
  public static Rates local(RateSettings settings) {
    return settings.on()
        ? new Rates(
            new LocalRateLimiter(settings.requests()),
            new LocalRateLimiter(settings.connects()),
            new LocalRateLimiter(settings.commands()),
            new LocalRateLimiter(settings.authFailures()))
        : new Rates(RateLimiter.NONE, RateLimiter.NONE, RateLimiter.NONE, RateLimiter.NONE);
  }
}

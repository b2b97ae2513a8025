package io.flowfi.limit;

import java.util.function.IntSupplier;

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

  /** Makes a limiter whose limit holds over all nodes. */
  @FunctionalInterface
  public interface Together {
    /**
     * @param what a word for what is counted
     */
    RateLimiter of(String what, int perMinute);
  }

  /**
   * Counts commands and failed logins together with the other nodes. Requests and connects are
   * counted in the memory of this node: that is asked for every request and protects this node.
   *
   * @param nodes how many share the limits; of requests and connects each allows its part
   */
  public static Rates together(RateSettings settings, IntSupplier nodes, Together all) {
    Rates local = local(settings, nodes);
    return settings.on()
        ? new Rates(
            local.requests(),
            local.connects(),
            all.of("commands", settings.commands()),
            all.of("logins", settings.authFailures()))
        : local;
  }

  /**
   * Counts in the memory of this node.
   *
   * @param nodes how many share the limits; each allows its part
   */
  public static Rates local(RateSettings settings, IntSupplier nodes) {
    return settings.on()
        ? new Rates(
            new LocalRateLimiter(settings.requests(), nodes),
            new LocalRateLimiter(settings.connects(), nodes),
            new LocalRateLimiter(settings.commands(), nodes),
            new LocalRateLimiter(settings.authFailures(), nodes))
        : new Rates(RateLimiter.NONE, RateLimiter.NONE, RateLimiter.NONE, RateLimiter.NONE);
  }
}

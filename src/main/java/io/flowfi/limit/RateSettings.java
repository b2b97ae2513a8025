package io.flowfi.limit;

/**
 * What a client may do in a minute. After a quiet minute a client may use a whole limit at once.
 *
 * @param on off: nothing is limited, for load tests
 * @param requests of any kind, by one address
 * @param connects event streams opened by one address
 * @param commands of one caller
 * @param authFailures rejected credentials from one address
 */
public record RateSettings(boolean on, int requests, int connects, int commands, int authFailures) {
  /** Several times the needs of this project's pages and a busy back end. */
  public static final RateSettings DEFAULT = new RateSettings(true, 60_000, 1_200, 18_000, 60);

  public RateSettings {
    if (requests < 1 || connects < 1 || commands < 1 || authFailures < 1) {
      throw new IllegalArgumentException("rate limits must be positive");
    }
  }
}

package io.flowfi.limit;

/**
 * What a client may do in a minute. Each is also the most it may do at once after a quiet minute.
 *
 * @param on off: nothing is limited, for load tests
 * @param requests of one address, whatever they are
 * @param connects event streams opened by one address
 * @param commands of one caller
 * @param authFailures refused credentials of one address
 */
public record RateSettings(boolean on, int requests, int connects, int commands, int authFailures) {
  /** Several times what the pages of this project and a busy back end need. */
  public static final RateSettings DEFAULT = new RateSettings(true, 60_000, 1_200, 18_000, 60);

  public RateSettings {
    if (requests < 1 || connects < 1 || commands < 1 || authFailures < 1) {
      throw new IllegalArgumentException("rate limits must be positive");
    }
  }
}

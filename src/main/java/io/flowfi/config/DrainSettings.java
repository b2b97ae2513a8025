package io.flowfi.config;

import java.time.Duration;

/**
 * How a node that stops lets go of its clients.
 *
 * @param delay how long it is unready but serves on, so that load balancers notice
 * @param window over how long it then tells its clients to reconnect; zero if there is no other
 *     node that would take them
 */
public record DrainSettings(Duration delay, Duration window) {
  static final Duration LONGEST = Duration.ofMinutes(10);

  public DrainSettings {
    if (delay.isNegative()
        || window.isNegative()
        || delay.compareTo(LONGEST) > 0
        || window.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("delay and window must be between 0 and " + LONGEST);
    }
  }

  static DrainSettings read(Environment environment) {
    return new DrainSettings(
        environment.duration("DRAIN_DELAY", Duration.ZERO, Duration.ZERO, LONGEST),
        environment.duration("DRAIN_WINDOW", Duration.ZERO, Duration.ZERO, LONGEST));
  }
}

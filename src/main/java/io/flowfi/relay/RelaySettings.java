package io.flowfi.relay;

import io.flowfi.redis.RedisSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * How a node hears of the commits of others.
 *
 * @param pollInterval how often it looks at the log, whatever it is told
 * @param redis what carries the messages; without it, the database does
 */
public record RelaySettings(Duration pollInterval, Optional<RedisSettings> redis) {
  public static final Duration SHORTEST_POLL = Duration.ofMillis(10);
  public static final Duration LONGEST_POLL = Duration.ofMinutes(1);
  public static final Duration STANDARD_POLL = Duration.ofMillis(250);

  public RelaySettings {
    if (pollInterval.compareTo(SHORTEST_POLL) < 0 || pollInterval.compareTo(LONGEST_POLL) > 0) {
      throw new IllegalArgumentException("the poll interval is out of its bounds");
    }
  }
}

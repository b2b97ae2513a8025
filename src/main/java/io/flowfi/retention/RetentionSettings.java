package io.flowfi.retention;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which events are kept. An event goes when it is past either limit; the newest one always stays.
 *
 * @param age how long they are kept, at least a day
 * @param events how many of the newest are kept
 * @param archive where they are written before they go
 */
public record RetentionSettings(
    Optional<Duration> age, OptionalLong events, Optional<Path> archive) {
  /** More than a node keeps in memory: clients that reconnect after a restart find their place. */
  public static final long FEWEST_EVENTS = 10_000;

  public RetentionSettings {
    if (age.isEmpty() && events.isEmpty()) {
      throw new IllegalArgumentException("without a limit there is nothing to remove");
    }
    if (age.filter(time -> time.compareTo(Duration.ofDays(1)) < 0).isPresent()) {
      throw new IllegalArgumentException("events are kept for a day or more");
    }
    if (events.orElse(1) < 1) {
      throw new IllegalArgumentException("the newest event is always kept");
    }
  }
}

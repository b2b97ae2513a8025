package io.flowfi.config;

import io.flowfi.retention.RetentionSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The variables that say how long events are kept, and where they go then. */
final class RetentionVariables {
  private static final String DAYS = "[1-9][0-9]{0,4}d";
  private static final String COUNT = "[1-9][0-9]{0,14}";

  private RetentionVariables() {}

  static Optional<RetentionSettings> read(Environment environment) {
    Optional<Path> archive = archive(environment);
    Optional<RetentionSettings> settings =
        ServerSettings.parsed(
            environment,
            "EVENT_RETENTION",
            text -> parse(text, archive),
            Optional.empty(),
            "must be 'unlimited', days such as 90d, a number of events of at least "
                + RetentionSettings.FEWEST_EVENTS
                + ", or both: 90d,1000000");
    if (archive.isPresent() && settings.isEmpty()) {
      throw new InvalidSettingException(
          "EVENT_ARCHIVE_DIR", "must be unset without EVENT_RETENTION: nothing is removed");
    }
    return settings;
  }

  private static Optional<RetentionSettings> parse(String text, Optional<Path> archive) {
    if (text.equals("unlimited")) {
      return Optional.empty();
    }
    Optional<Duration> age = Optional.empty();
    OptionalLong events = OptionalLong.empty();
    for (String limit : text.split(",", -1)) {
      String stripped = limit.strip();
      if (age.isEmpty() && stripped.matches(DAYS)) {
        age = days(stripped);
      } else if (events.isEmpty() && stripped.matches(COUNT)) {
        events = OptionalLong.of(Long.parseLong(stripped));
      } else {
        throw new IllegalArgumentException("neither days nor a number of events");
      }
    }
    if (events.isPresent() && events.getAsLong() < RetentionSettings.FEWEST_EVENTS) {
      throw new IllegalArgumentException("too few events");
    }
    return Optional.of(new RetentionSettings(age, events, archive));
  }

  /**
   * @throws IllegalArgumentException if it is neither {@code unlimited} nor days such as {@code
   *     90d}
   */
  static Optional<Duration> days(String text) {
    if (text.equals("unlimited")) {
      return Optional.empty();
    }
    if (!text.matches(DAYS)) {
      throw new IllegalArgumentException("not days");
    }
    return Optional.of(Duration.ofDays(Integer.parseInt(text.substring(0, text.length() - 1))));
  }

  private static Optional<Path> archive(Environment environment) {
    try {
      return environment
          .text("EVENT_ARCHIVE_DIR")
          .map(text -> Path.of(text).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      throw new InvalidSettingException("EVENT_ARCHIVE_DIR", "must be the path of a directory");
    }
  }
}

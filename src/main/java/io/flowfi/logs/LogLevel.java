package io.flowfi.logs;

import java.util.Arrays;
import java.util.Locale;
import java.util.logging.Level;

/** How much a logger says, from the most to the least, in the words of SLF4J. */
public enum LogLevel {
  TRACE(Level.FINEST),
  DEBUG(Level.FINE),
  INFO(Level.INFO),
  WARN(Level.WARNING),
  ERROR(Level.SEVERE),
  OFF(Level.OFF);

  private final Level level;

  LogLevel(Level level) {
    this.level = level;
  }

  Level level() {
    return level;
  }

  /** As in the API and in JSON. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one that lets as much through. */
  static LogLevel of(Level level) {
    return Arrays.stream(values())
        .filter(known -> level.intValue() <= known.level.intValue())
        .findFirst()
        .orElse(OFF);
  }
}

package io.flowfi.log;

import io.flowfi.payment.InvalidValueException;
import java.util.regex.Pattern;

/**
 * A place in the log: the first event has position 1, there are no gaps, and 0 is before all of
 * them.
 */
public record LogPosition(long value) implements Comparable<LogPosition> {
  public static final LogPosition BEGINNING = new LogPosition(0);
  private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,17}");

  public LogPosition {
    if (value < 0) {
      throw new IllegalArgumentException("log position is negative");
    }
  }

  /**
   * Reads a position as a client sends it back.
   *
   * @throws InvalidValueException if it is not a canonical decimal integer of at most 18 digits
   */
  public static LogPosition parse(String field, String text) {
    if (text == null || !DECIMAL.matcher(text).matches()) {
      throw new InvalidValueException(
          field, field + " must be the id of an event: a decimal integer, 0 for the beginning");
    }
    return new LogPosition(Long.parseLong(text));
  }

  public boolean isAfter(LogPosition other) {
    return value > other.value;
  }

  public LogPosition next() {
    return new LogPosition(value + 1);
  }

  @Override
  public int compareTo(LogPosition other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}

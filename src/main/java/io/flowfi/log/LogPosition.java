package io.flowfi.log;

/**
 * A place in the log: the first event has position 1, there are no gaps, and 0 is before all of
 * them.
 */
public record LogPosition(long value) implements Comparable<LogPosition> {
  public static final LogPosition BEGINNING = new LogPosition(0);

  /** What no log reaches. Whoever comes with a position of another log resumes from here. */
  public static final LogPosition NOWHERE = new LogPosition(Long.MAX_VALUE - 1);

  /** How a position is written, as a regular expression; it cannot be {@link #NOWHERE}. */
  static final String FORM = "0|[1-9][0-9]{0,17}";

  public LogPosition {
    if (value < 0) {
      throw new IllegalArgumentException("log position is negative");
    }
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

package io.flowfi.log;

/**
 * What the log holds now.
 *
 * @param oldest position of the oldest event still kept; {@code head + 1} if none is
 * @param head position of the newest event; {@link LogPosition#BEGINNING} if there never was one
 */
public record LogBounds(LogPosition oldest, LogPosition head) {
  /**
   * Whether a reader that has seen everything up to {@code cursor} can go on without missing an
   * event.
   */
  public boolean canResumeAfter(LogPosition cursor) {
    return cursor.compareTo(head) <= 0 && cursor.value() >= oldest.value() - 1;
  }
}

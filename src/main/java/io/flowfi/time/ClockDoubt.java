package io.flowfi.time;

/**
 * Kept with a record while the clock is ahead of what is known of the time: what is recorded then
 * is dated by the clock, so after a restart it must not confirm it.
 *
 * @param believed how late it certainly was, in Unix seconds; 0 if there is no doubt
 * @param lasted for how many seconds servers have run with it
 */
public record ClockDoubt(long believed, long lasted) {
  public static final ClockDoubt NONE = new ClockDoubt(0, 0);

  public boolean isNone() {
    return believed == 0;
  }
}

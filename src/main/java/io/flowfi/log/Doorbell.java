package io.flowfi.log;

/**
 * Rung when the log may hold something new. A ring is only a hint: the log alone decides what is
 * there. So a wrong, late, repeated or hostile ring costs one look at the log, and a missed one
 * only the time until the next.
 */
@FunctionalInterface
public interface Doorbell {
  /** Any thread; returns at once. Rings before the next look count as one. */
  void ring();

  /**
   * Rings if the log is not known to reach that far. Any thread; returns at once.
   *
   * @param head a position that the log is said to have reached
   */
  default void ring(LogPosition head) {
    ring();
  }
}

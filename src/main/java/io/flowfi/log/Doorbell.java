package io.flowfi.log;

/**
 * Rung when there may be something new in the log, by whoever has heard so: nobody has to be
 * believed. What there is, and how far it goes, is the log's to say, so a ring that is wrong, late,
 * repeated or hostile costs one look at it, and one that is missed no more than the time until the
 * next.
 */
@FunctionalInterface
public interface Doorbell {
  /** Any thread; returns at once. Rings that come before the look they ask for are one. */
  void ring();
}

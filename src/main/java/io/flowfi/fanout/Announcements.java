package io.flowfi.fanout;

import io.flowfi.log.EventFilter;

/** Says something to subscribers that is not of the log. */
@FunctionalInterface
public interface Announcements {
  /** What one may have: so many as may wait for a client together fit behind a full socket. */
  int MOST_ANNOUNCED_BYTES = 2 * 1024;

  /**
   * Sends a frame to every subscriber to whom an event may come that the filter matches: to whoever
   * follows everything, and whoever names one of its streams or users; to all if it is everything.
   * Each gets it once, between two events and after its first words, or not at all if too much
   * waits for it already. Returns at once.
   *
   * @param frame whole, without a position; shared, never to be changed
   * @return false if it was refused for everybody, because too many are on their way
   * @throws IllegalArgumentException if it has more bytes than one may
   */
  boolean announce(EventFilter filter, byte[] frame);
}

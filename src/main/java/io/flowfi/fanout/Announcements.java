package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Sends subscribers frames that are not in the log. */
@FunctionalInterface
public interface Announcements {
  /**
   * The limit for one frame: all that may wait for a client together then fit behind a full socket.
   */
  int MOST_ANNOUNCED_BYTES = 2 * 1024;

  /**
   * Sends a frame to every subscriber that may get an event which the filter matches: subscribers
   * of everything, and those that name one of its streams or users; all subscribers, if the filter
   * is everything. Each gets the frame once, between two events and after the greeting, or not at
   * all if too much already waits for it. Returns at once.
   *
   * @param frame a whole frame without a position; shared, must never be changed
   * @return how many subscribers will get it, as soon as that is known; empty if nobody gets it,
   *     because too many frames are on their way
   * @throws IllegalArgumentException if it has too many bytes
   */
  Optional<CompletableFuture<Integer>> announce(EventFilter filter, byte[] frame);

  /**
   * @throws IllegalArgumentException if a frame has too many bytes
   */
  static void checkLength(byte[] frame) {
    if (frame.length > MOST_ANNOUNCED_BYTES) {
      throw new IllegalArgumentException(
          "an announcement has at most " + MOST_ANNOUNCED_BYTES + " bytes");
    }
  }
}

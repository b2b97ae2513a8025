package io.flowfi.relay;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.util.List;

/**
 * What one node tells the others.
 *
 * @param sender which node: a number that it has drawn at its start
 * @param sentNanos the sender's {@link System#nanoTime()}, which means something to it only
 * @param head the log has reached this position
 * @param events the last events up to {@code head}, without gaps; may be empty
 */
record Message(long sender, long sentNanos, LogPosition head, List<LoggedEvent> events) {
  Message {
    events = List.copyOf(events);
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).position().value() != head.value() - events.size() + 1 + i) {
        throw new IllegalArgumentException("the events of a message must lead up to its head");
      }
    }
  }
}

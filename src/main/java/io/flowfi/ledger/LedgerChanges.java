package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.time.ClockDoubt;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * All that one transaction of the ledger writes.
 *
 * @param streams as they are now, each once
 * @param events in the order of the log, without a gap
 * @param keys the first answers to keep
 * @param nextStreamId the next id that the server assigns
 * @param chain what it knows of the chain
 * @param doubt what to store of a clock that is ahead, together with other changes; empty if what
 *     is stored may stay
 * @param cut which old events to remove
 * @param purge which old answers to remove
 */
public record LedgerChanges(
    Collection<StoredStream> streams,
    List<LoggedEvent> events,
    Collection<StoredKey> keys,
    long nextStreamId,
    ChainChanges chain,
    Optional<ClockDoubt> doubt,
    Optional<Cut> cut,
    Optional<Purge> purge) {
  public LedgerChanges {
    streams = List.copyOf(streams);
    events = List.copyOf(events);
    keys = List.copyOf(keys);
    for (int i = 1; i < events.size(); i++) {
      if (!events.get(i).position().equals(events.get(i - 1).position().next())) {
        throw new IllegalArgumentException("events must follow each other without a gap");
      }
    }
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return streams.isEmpty()
        && events.isEmpty()
        && keys.isEmpty()
        && chain.isEmpty()
        && cut.isEmpty();
  }

  /** Where the log ends after them, if it ended at {@code before}. */
  public LogPosition headAfter(LogPosition before) {
    return events.isEmpty() ? before : events.get(events.size() - 1).position();
  }

  /**
   * Removes old first answers.
   *
   * @param createdBefore in Unix seconds
   * @param most at most this many at once
   */
  public record Purge(long createdBefore, int most) {}
}

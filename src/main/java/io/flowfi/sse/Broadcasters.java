package io.flowfi.sse;

import io.flowfi.fanout.FilterKey;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The broadcasters that have sinks, one a filter key: made with its first sink, dropped with its
 * last. Any thread may call; adding to and removing from one key are atomic against each other, so
 * that no sink is ever left in a dropped broadcaster.
 */
public final class Broadcasters {
  private final ConcurrentMap<FilterKey, FilterBroadcaster> live = new ConcurrentHashMap<>();

  /**
   * The broadcaster of a key: the live one, or one that goes live with the first sink registered on
   * it.
   */
  public FilterBroadcaster broadcaster(FilterKey key) {
    FilterBroadcaster existing = live.get(key);
    return existing != null ? existing : new FilterBroadcaster(key, this);
  }

  /** How many keys have at least one sink. */
  public int size() {
    return live.size();
  }

  /**
   * Adds a sink under the broadcaster's key, to the live broadcaster if there is another by now.
   */
  FilterBroadcaster add(FilterBroadcaster wanted, EventStreamSink sink) {
    return live.compute(
        wanted.key(),
        (key, existing) -> {
          // closing marks first and drops then: whoever gets in here after the mark would come back
          // from the dead
          wanted.checkOpen();
          FilterBroadcaster target = existing == null ? wanted : existing;
          if (target != wanted) {
            target.adoptListeners(wanted);
          }
          target.admit(sink);
          return target;
        });
  }

  /** Takes a sink out again; whether it was there. */
  boolean remove(FilterBroadcaster broadcaster, EventStreamSink sink) {
    boolean[] removed = new boolean[1];
    live.computeIfPresent(
        broadcaster.key(),
        (key, existing) -> {
          if (existing == broadcaster) {
            removed[0] = existing.dismiss(sink);
          }
          return existing.sinks().isEmpty() ? null : existing;
        });
    return removed[0];
  }

  /** Drops a broadcaster with all its sinks. */
  void drop(FilterBroadcaster broadcaster) {
    live.remove(broadcaster.key(), broadcaster);
  }
}

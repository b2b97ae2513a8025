package io.flowfi.fanout;

import java.util.HashMap;
import java.util.Map;

/**
 * Finds a pump's connections by what they subscribed to, so that a publish touches only those that
 * match. Connections to everything, whatever the type, stand apart: they all get the same block of
 * bytes. Belongs to one pump thread, but for the counts.
 */
final class ConnectionIndex {
  private final ConnectionList everything = new ConnectionList();
  private final Map<FilterKey, ConnectionList> byKey = new HashMap<>();
  private volatile int all;
  private volatile int streams;
  private volatile int users;

  void join(Connection connection) {
    if (connection.wantsEverything()) {
      everything.add(connection);
      all++;
      return;
    }
    for (FilterKey key : connection.keys()) {
      byKey.computeIfAbsent(key, k -> new ConnectionList()).add(connection);
      count(key, 1);
    }
  }

  /** The connection must already say that it is not in the index. */
  void leave(Connection connection) {
    if (connection.wantsEverything()) {
      everything.left();
      all--;
      return;
    }
    for (FilterKey key : connection.keys()) {
      ConnectionList list = byKey.get(key);
      list.left();
      if (list.isEmpty()) {
        byKey.remove(key);
      }
      count(key, -1);
    }
  }

  // Only the pump thread writes the counts; volatile shows them to whoever asks for statistics.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void count(FilterKey key, int by) {
    if (key instanceof FilterKey.All) {
      all += by;
    } else if (key instanceof FilterKey.OfStream) {
      streams += by;
    } else {
      users += by;
    }
  }

  /** Those that want every event of every type. */
  ConnectionList everything() {
    return everything;
  }

  /** Those under a key, without the ones that want everything; null if none. */
  ConnectionList under(FilterKey key) {
    return byKey.get(key);
  }

  int allFilters() {
    return all;
  }

  int streamFilters() {
    return streams;
  }

  int userFilters() {
    return users;
  }
}

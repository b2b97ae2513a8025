package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Finds a pump's connections by what they subscribed to, so that a publish touches only those that
 * match. Connections to everything, of every type, are kept apart: they all get the same block of
 * bytes. Belongs to one pump thread, except the counts.
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

  // Only the pump thread writes the counts; volatile shows them to readers of statistics.
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

  /**
   * The connections that may get an event which the filter matches, each once: those to everything,
   * and those that name one of its streams or users. All connections, if the filter is everything.
   */
  Set<Connection> reachedBy(EventFilter filter) {
    Set<Connection> reached = Collections.newSetFromMap(new IdentityHashMap<>());
    addTo(reached, everything, filter);
    if (filter.all()) {
      byKey.values().forEach(list -> addTo(reached, list, filter));
    } else {
      addTo(reached, under(FilterKey.All.INSTANCE), filter);
      FilterKey.of(filter).forEach(key -> addTo(reached, under(key), filter));
    }
    return reached;
  }

  private static void addTo(Set<Connection> reached, ConnectionList list, EventFilter filter) {
    for (int i = 0; list != null && i < list.size(); i++) {
      Connection connection = list.get(i);
      if (connection.inIndex && shareTypes(connection.filter(), filter)) {
        reached.add(connection);
      }
    }
  }

  private static boolean shareTypes(EventFilter one, EventFilter other) {
    return one.types().isEmpty()
        || other.types().isEmpty()
        || !Collections.disjoint(one.types(), other.types());
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

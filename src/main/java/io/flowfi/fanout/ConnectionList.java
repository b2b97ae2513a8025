package io.flowfi.fanout;

import java.util.Arrays;

/**
 * Connections of one pump under one key. Leaving costs nothing at once: the list removes left
 * members when they are the majority, so that ten thousand connections that leave do not scan the
 * list ten thousand times. Belongs to one pump thread; must not change while it is walked.
 */
final class ConnectionList {
  private Connection[] items = new Connection[1];
  private int size;
  private int members;

  void add(Connection connection) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = connection;
    members++;
  }

  /** A member has left; its {@link Member#inIndex} is already false. */
  void left() {
    members--;
    if (size > 2 * members + 8) {
      sweep();
    }
  }

  private void sweep() {
    Connection[] kept = new Connection[Math.max(1, members + members / 2)];
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (items[i].inIndex) {
        kept[n++] = items[i];
      }
    }
    items = kept;
    size = n;
  }

  boolean isEmpty() {
    return members == 0;
  }

  /** How many to walk with {@link #get}; some of them may have left. */
  int size() {
    return size;
  }

  Connection get(int i) {
    return items[i];
  }
}

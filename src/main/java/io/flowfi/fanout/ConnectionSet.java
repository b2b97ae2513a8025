package io.flowfi.fanout;

import java.util.Arrays;
import java.util.List;

/**
 * All connections of one pump. Each knows its place in the array, so that joining and leaving cost
 * the same however many there are, and no more memory than that. Belongs to one pump thread.
 */
final class ConnectionSet {
  /** The place of a connection that is in no set. */
  static final int NONE = -1;

  private Connection[] members = new Connection[16];
  private int size;

  void add(Connection connection) {
    if (size == members.length) {
      members = Arrays.copyOf(members, size * 2);
    }
    connection.place = size;
    members[size++] = connection;
  }

  /** Takes out a member: the last one moves to its place. */
  void remove(Connection connection) {
    Connection last = members[size - 1];
    last.place = connection.place;
    members[last.place] = last;
    members[--size] = null;
    connection.place = NONE;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The members now; safe to walk while they leave. */
  List<Connection> copy() {
    return Arrays.asList(Arrays.copyOf(members, size));
  }
}

package io.flowfi.fanout;

import java.util.ArrayList;
import java.util.List;

/**
 * All connections of one pump, in the order they joined, each with a number that goes up. Each
 * knows its place in the array, so that joining and leaving cost the same however many there are,
 * and no more memory than that: who leaves leaves a hole, and the holes are swept out when they are
 * the majority. Belongs to one pump thread.
 */
final class ConnectionSet {
  /** The place of a connection that is in no set. */
  static final int NONE = -1;

  /** Comes before every number. */
  static final long BEGINNING = -1;

  private static final int HOLES_NOT_SWEPT = 16;

  private Connection[] members = new Connection[16];
  private int end;
  private int size;
  private long joined;

  void add(Connection connection) {
    if (end == members.length) {
      sweep(2 * size);
    }
    connection.number = joined++;
    put(connection);
    size++;
  }

  /** Takes out a member. */
  void remove(Connection connection) {
    members[connection.place] = null;
    connection.place = NONE;
    size--;
    if (end > 2 * size + HOLES_NOT_SWEPT) {
      sweep(size + size / 2);
    }
  }

  private void sweep(int room) {
    Connection[] before = members;
    int beforeEnd = end;
    members = new Connection[Math.max(HOLES_NOT_SWEPT, room)];
    end = 0;
    for (int i = 0; i < beforeEnd; i++) {
      if (before[i] != null) {
        put(before[i]);
      }
    }
  }

  private void put(Connection connection) {
    connection.place = end;
    members[end++] = connection;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The members now; safe to walk while they leave. */
  List<Connection> copy() {
    return after(BEGINNING, size);
  }

  /**
   * The first members whose number is higher than a number. Whoever goes on from the last of them
   * meets everybody who is there all the time, once.
   */
  List<Connection> after(long number, int most) {
    List<Connection> found = new ArrayList<>(Math.min(most, size));
    for (int i = firstAfter(number); i < end && found.size() < most; i++) {
      if (members[i] != null) {
        found.add(members[i]);
      }
    }
    return found;
  }

  /** Numbers go up with the places; a hole has none, and the next member's will do for it. */
  private int firstAfter(long number) {
    int from = 0;
    int to = end;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int member = middle;
      while (member < to && members[member] == null) {
        member++;
      }
      if (member == to || members[member].number > number) {
        to = middle;
      } else {
        from = member + 1;
      }
    }
    return from;
  }
}

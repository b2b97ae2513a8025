package io.flowfi.fanout;

import java.util.ArrayList;
import java.util.List;

/**
 * All connections of one pump, in the order they joined, with rising numbers. Each knows its place
 * in the array, so that joining and leaving have a constant cost and need no other memory. A
 * connection that leaves makes a hole; the holes are removed when they are the majority. Belongs to
 * one pump thread.
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

  /** Removes a member. */
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

  /** How far behind the head the last of those is that have a position. */
  long mostBehind(long head) {
    long most = 0;
    for (int i = 0; i < end; i++) {
      if (members[i] != null) {
        long through = members[i].sentThrough();
        if (through != Wording.NO_POSITION) {
          most = Math.max(most, head - through);
        }
      }
    }
    return most;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The present members; safe to walk while they leave. */
  List<Connection> copy() {
    return after(BEGINNING, size);
  }

  /**
   * The first members with a number above {@code number}. A walk that continues after the last of
   * them meets every member that stays, once.
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

  /**
   * Numbers rise with the places. A hole has none, so the next member's number stands in for it.
   */
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

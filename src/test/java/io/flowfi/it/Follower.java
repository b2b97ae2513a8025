package io.flowfi.it;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One of a crowd that follows everything, from an empty log on: any event that is missing, comes
 * twice or is out of its place fails the test.
 */
final class Follower implements Crowd.Member {
  private final AtomicLong last = new AtomicLong();
  private volatile boolean connected;

  /** Without a string for each: there are two hundred thousand a second. */
  @Override
  public void frame(byte[] bytes, int from, int end) {
    if (!begins(bytes, from, "event: stream.")) {
      Crowd.Member.super.frame(bytes, from, end);
      return;
    }
    long id = 0;
    long unit = 1;
    int at = end - 1;
    while (bytes[at] != '.') {
      at--; // over the log, which follows the position
    }
    for (at--; bytes[at] != ' '; at--) {
      id += unit * (bytes[at] - '0');
      unit *= 10;
    }
    follows(id);
  }

  private static boolean begins(byte[] bytes, int from, String what) {
    for (int i = 0; i < what.length(); i++) {
      if (bytes[from + i] != what.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void follows(long id) {
    if (!last.compareAndSet(id - 1, id)) {
      throw new AssertionError("after " + last + " came " + id);
    }
  }

  @Override
  public void frame(String frame) {
    connected |= frame.startsWith("retry: ");
  }

  boolean isConnected() {
    return connected;
  }

  /** Whether every event up to this position has come. */
  boolean has(long position) {
    return last.get() >= position;
  }
}

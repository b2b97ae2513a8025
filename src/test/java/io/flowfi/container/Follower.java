package io.flowfi.container;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One of a crowd that follows everything, from an empty log on: any event that is missing, comes
 * twice or is out of its place fails the test.
 */
final class Follower implements Crowd.Member {
  private final AtomicLong last = new AtomicLong();
  private volatile boolean connected;

  /** Without a string each: they are two hundred thousand a second. */
  @Override
  public void frame(byte[] bytes, int from, int end) {
    if (bytes[from] != 'i') {
      Crowd.Member.super.frame(bytes, from, end);
      return;
    }
    long id = 0;
    int at = from + "id: ".length();
    for (; at < end && bytes[at] != '\n'; at++) {
      id = 10 * id + bytes[at] - '0';
    }
    if (at < end) {
      follows(id);
    }
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

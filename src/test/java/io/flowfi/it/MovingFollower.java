package io.flowfi.it;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of a crowd that follows everything from an empty log on, and that goes where the balancer
 * sends it when its node says {@code reconnect}. Anything else that ends its stream, and any event
 * that is missing, comes twice or is out of its place, fails the test.
 */
final class MovingFollower implements Crowd.Member {
  private static final Pattern RETRY = Pattern.compile("^retry: ([0-9]+)\nevent: reconnect\n");

  private final Crowd crowd;
  private final ScheduledExecutorService later;
  private final int number;
  private String id = "0";
  private long told = -1;
  private long seenAt;
  private volatile long last;
  private volatile long longestNanos;
  private volatile int moves;

  /**
   * @param later for what it does after its time to wait
   */
  MovingFollower(Crowd crowd, ScheduledExecutorService later, int number) {
    this.crowd = crowd;
    this.later = later;
    this.number = number;
  }

  void join() {
    crowd.join("all=true&lastEventId=" + id, number, this);
  }

  @Override
  public void frame(String frame) {
    int at = frame.lastIndexOf("\nid: ");
    if (at >= 0) {
      id = frame.substring(at + 5);
    }
    Matcher reconnect = RETRY.matcher(frame);
    if (reconnect.find()) {
      told = Long.parseLong(reconnect.group(1));
    } else if (frame.startsWith("event: stream.")) {
      event();
    } else if (frame.startsWith("event: reset")) {
      throw new AssertionError("after " + last + " came " + frame);
    }
  }

  private void event() {
    long position = Long.parseLong(id.substring(0, id.indexOf('.')));
    if (position != last + 1) {
      throw new AssertionError("after " + last + " came " + position);
    }
    long now = System.nanoTime();
    if (seenAt != 0 && now - seenAt > longestNanos) {
      longestNanos = now - seenAt;
    }
    seenAt = now;
    last = position;
  }

  @Override
  public void ended(String why) {
    if (told < 0) {
      throw new AssertionError("nobody told it to go: " + why);
    }
    moves++;
    later.schedule(this::join, told, TimeUnit.MILLISECONDS);
    told = -1;
  }

  /** The position of its last event. */
  long last() {
    return last;
  }

  /** How often it went to another node. */
  int moves() {
    return moves;
  }

  /** The longest time between two of its events. */
  long longestMillis() {
    return TimeUnit.NANOSECONDS.toMillis(longestNanos);
  }
}

package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The request of a connection, and its places in its pump's collections: which frames it wants, for
 * how long, and where each collection keeps it. It is the superclass of {@link Connection} and not
 * a field, because one more object for every subscriber would cost a header and a reference.
 */
abstract class Member {
  /** Longer lifetimes are cut to this, so that nanoseconds do not overflow. */
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(3650);

  private final Subscription subscription;
  private final boolean anyType;

  /**
   * A bit for each type it wants. Types may share a bit, so this can only show quickly that a type
   * is not wanted. That is the most frequent answer.
   */
  private final int typeBits;

  private long startedNanos;
  private boolean expires;
  private long expiresNanos;
  private long expiresMillis;

  /** Whether it is in {@link ConnectionIndex}. */
  boolean inIndex;

  /** Its place among its pump's connections; managed by {@link ConnectionSet}. */
  int place = ConnectionSet.NONE;

  /** Unique within its pump; managed by {@link ConnectionSet}. */
  long number;

  /** Its timers; managed by {@link Reminders}; null before the first is set. */
  TimerWheel.Entry heartbeat;

  TimerWheel.Entry stall;

  /** This connection's chain within the round; managed by {@link RoundMatches}. */
  int firstMatch = RoundMatches.NONE;

  int lastMatch = RoundMatches.NONE;

  Member(Subscription subscription) {
    this.subscription = subscription;
    this.anyType = filter().types().isEmpty();
    this.typeBits = filter().types().stream().mapToInt(Frame::bit).reduce(0, (a, b) -> a | b);
  }

  Subscription subscription() {
    return subscription;
  }

  EventFilter filter() {
    return subscription.filter();
  }

  /** Its keys in the index; made on each call, which happens only twice in its life. */
  List<FilterKey> keys() {
    return FilterKey.of(filter());
  }

  boolean wantsEverything() {
    return anyType && filter().all();
  }

  boolean wantsType(Frame frame) {
    return anyType
        || (typeBits & Frame.bit(frame.type())) != 0 && filter().types().contains(frame.type());
  }

  /**
   * Whether the account that it is limited to is none of those that the frame names. For the newest
   * event of a stream that it names: then that stream is now the one of others.
   */
  boolean hasLost(Frame frame) {
    Optional<Subscription.Limit> limit = subscription.limit();
    return limit.isPresent() && frame.isOfOthersThan(limit.get().account());
  }

  /** The same for the state of a stream. */
  boolean hasLost(Backlog.State state) {
    Optional<Subscription.Limit> limit = subscription.limit();
    return limit.isPresent() && !state.parties().contains(limit.get().account());
  }

  boolean matches(Frame frame) {
    if (!wantsType(frame)) {
      return false;
    }
    for (FilterKey key : frame.keys()) {
      if (key.isIn(filter())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Its age and its lifetime, if it has one, count from now. The lifetime uses both clocks: one
   * stands still while the machine sleeps, the other can be set.
   */
  void startLifetime(long now, long wallMillis) {
    startedNanos = now;
    subscription.lifetime().ifPresent(lifetime -> limitLifetime(lifetime, now, wallMillis));
  }

  private void limitLifetime(Duration lifetime, long now, long wallMillis) {
    Duration limited = lifetime.compareTo(LONGEST_LIFETIME) < 0 ? lifetime : LONGEST_LIFETIME;
    expires = true;
    expiresNanos = now + Math.max(0, limited.toNanos());
    expiresMillis = wallMillis + limited.toMillis();
  }

  /**
   * How long it may be idle before it gets a heartbeat.
   *
   * @param standard unless it has asked for another time
   */
  long heartbeatNanos(long standard) {
    return subscription.heartbeat().map(Duration::toNanos).orElse(standard);
  }

  /** When it was started, as {@link System#nanoTime}. */
  long startedNanos() {
    return startedNanos;
  }

  /** How long ago it was started. */
  Duration age(long now) {
    return Duration.ofNanos(now - startedNanos);
  }

  /**
   * When the heartbeat timer must come at the latest. The end of a lifetime has no timer of its
   * own: that would keep connections in the wheel for hours after they have ended.
   */
  long heartbeatNoLaterThan(long dueNanos) {
    return expires && expiresNanos - dueNanos < 0 ? expiresNanos : dueNanos;
  }

  /**
   * Whether its lifetime is over by either clock; true only once, so that the timer does not come
   * early again.
   */
  boolean hasJustExpired(long now, long wallMillis) {
    boolean over = expires && (now - expiresNanos >= 0 || wallMillis >= expiresMillis);
    if (over) {
      expires = false;
    }
    return over;
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.ChainCursor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** What the follower knows of one RPC node. For one thread. */
final class FollowedSource {
  /** Between two questions how the node is. */
  static final Duration HEALTH_INTERVAL = Duration.ofMinutes(1);

  /** A node whose newest ledger is older than this may be behind others. */
  private static final long STALE_SECONDS = 30;

  /** Whoever takes so long to fail keeps the others from being asked. */
  private static final Duration COSTLY = Duration.ofSeconds(2);

  /** Nodes that hang get one part in so many of the time, as long as another one answers. */
  private static final int SPARED_PARTS = 20;

  static final Duration MOST_SPARED = Duration.ofMinutes(5);

  /** How many events a second reading asks for at once: the first one has precedence. */
  static final int REREAD_LIMIT = 200;

  final String name;
  final PageSize size = new PageSize();

  /** Of a second reading. */
  private final PageSize rereadSize = new PageSize(REREAD_LIMIT);

  final BackOff backOff;

  /** Not to be asked before, whatever the back-off says. */
  Instant rest = Instant.MIN;

  /** The others have precedence until then. */
  private Instant sparedUntil = Instant.MIN;

  Optional<Verdict> verdict = Optional.empty();

  /** Whether it has shown that it has the last event that the log knows. */
  boolean checked;

  Optional<String> version = Optional.empty();
  OptionalLong oldest = OptionalLong.empty();
  OptionalLong latest = OptionalLong.empty();
  OptionalLong closeTime = OptionalLong.empty();

  /** When to ask how it is. */
  Instant healthDue = Instant.MIN;

  /** Whether to ask how it is though another node is in use. */
  boolean compared;

  /** Failures in a row. */
  int failures;

  FollowedSource(String name, InstantSource clock, RandomGenerator random) {
    this.name = name;
    this.backOff = new BackOff(clock, random);
  }

  Instant due() {
    return rest.isAfter(backOff.due()) ? rest : backOff.due();
  }

  void tells(SourceHealth health, Instant now) {
    version = Optional.of(health.version()).filter(text -> !text.isEmpty());
    oldest = OptionalLong.of(health.oldestLedger());
    latest = OptionalLong.of(health.latestLedger());
    closeTime = health.latestCloseTime();
    healthDue = now.plus(HEALTH_INTERVAL);
    compared = false;
  }

  void tells(EventPage page) {
    oldest = page.oldestLedger().isPresent() ? page.oldestLedger() : oldest;
    latest = OptionalLong.of(page.latestLedger());
    closeTime = page.latestCloseTime();
  }

  /**
   * It has not answered usefully.
   *
   * @param retryAfter how long it asks us to wait
   * @param took how long nothing else could be asked
   */
  void failed(Optional<Duration> retryAfter, Duration took, Instant now) {
    failures++;
    pause(retryAfter, took, now);
  }

  private void pause(Optional<Duration> retryAfter, Duration took, Instant now) {
    backOff.failed(retryAfter);
    if (took.compareTo(COSTLY) >= 0) {
      Duration spared = took.multipliedBy(SPARED_PARTS);
      sparedUntil = now.plus(spared.compareTo(MOST_SPARED) > 0 ? MOST_SPARED : spared);
    }
  }

  /** How many events a second reading asks for. */
  int rereadLimit() {
    return Math.min(rereadSize.limit(), size.limit());
  }

  void rereadAnswered(EventPage page) {
    rereadSize.answered(page);
  }

  /**
   * It has not answered a second reading usefully. It is left in peace as after any failure, but
   * that is no verdict on it: it may bring the cursor on all the same.
   *
   * @param took how long nothing else could be asked
   */
  void rereadFailed(ChainSourceException failure, Duration took, Instant now) {
    if (failure.kind() == ChainSourceException.Kind.OUT_OF_RANGE) {
      oldest = failure.oldest().isPresent() ? failure.oldest() : oldest;
      return; // there is nothing wrong with the node
    }
    if (failure.kind() == ChainSourceException.Kind.TOO_MUCH) {
      rereadSize.tooMany();
    }
    pause(failure.retryAfter(), took, now);
  }

  /** Whether it has a ledger, as far as it has told where its history begins. */
  boolean mayHave(long ledger) {
    return oldest.stream().allMatch(first -> first <= ledger);
  }

  /** Whether it has cost much time of late, and is asked only if no other one can be. */
  boolean isSpared(Instant now) {
    return now.isBefore(sparedUntil);
  }

  void answered() {
    failures = 0;
    backOff.succeeded();
    rest = Instant.MIN;
    sparedUntil = Instant.MIN;
    verdict = Optional.empty();
  }

  boolean isStale(Instant now) {
    return closeTime.isEmpty() || now.getEpochSecond() - closeTime.getAsLong() > STALE_SECONDS;
  }

  /** Whether the node will forget ledgers soon that were not read: less than a quarter is left. */
  boolean isMarginLow(ChainCursor cursor) {
    if (oldest.isEmpty() || latest.isEmpty()) {
      return false;
    }
    long range = latest.getAsLong() - oldest.getAsLong();
    return 4 * (cursor.scanned() + 1 - oldest.getAsLong()) < range;
  }
}

package io.flowfi.indexer;

import io.flowfi.indexer.IndexerStatus.State;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The status of the indexer, and the lines of the log about its changes. Written by the indexer's
 * thread, read by any.
 */
final class IndexerReport {
  private static final Logger LOG = LoggerFactory.getLogger(IndexerReport.class);

  /** How often a ledger closes, about. */
  private static final long SECONDS_A_LEDGER = 5;

  private final Clocks clock;
  private final IndexerCounts counts = new IndexerCounts();
  private Optional<ChainCursor> cursor = Optional.empty();
  private Optional<IndexerStatus.Trouble> lastError = Optional.empty();
  private Optional<Fault> told = Optional.empty();
  private boolean toldMargin;
  private Optional<ContractUpgrade> upgrade = Optional.empty();

  /** When the scanned ledger moved last, by the clock that nobody sets. */
  private volatile Instant movedAt;

  private volatile IndexerStatus latest;

  IndexerReport(Clocks clock) {
    this.clock = clock;
    this.movedAt = clock.steadyInstant();
    this.latest = plain(State.STARTING);
  }

  IndexerCounts counts() {
    return counts;
  }

  /** What the store holds. */
  Optional<ChainCursor> cursor() {
    return cursor;
  }

  void durable(Optional<ChainCursor> stored) {
    long before = cursor.map(ChainCursor::scanned).orElse(-1L);
    if (stored.map(ChainCursor::scanned).orElse(-1L) != before) {
      movedAt = clock.steadyInstant();
    }
    cursor = stored;
    counts.sample(clock.steadyInstant(), stored.map(ChainCursor::scanned).orElse(0L));
  }

  /** What the log says of the contract's code. */
  void upgrade(Optional<ContractUpgrade> known) {
    upgrade = known;
  }

  void trouble(String message) {
    lastError = Optional.of(new IndexerStatus.Trouble(clock.instant(), message));
  }

  void standby(Optional<ChainCursor> stored) {
    durable(stored);
    latest = plain(State.STANDBY);
  }

  void waiting() {
    latest = plain(State.WAITING);
  }

  void stopped() {
    latest = plain(State.STOPPED);
  }

  private IndexerStatus plain(State state) {
    return new IndexerStatus(
        state,
        Optional.empty(),
        cursor,
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        false,
        Duration.ZERO,
        0,
        0,
        counts.applied(),
        counts.known(),
        counts.anomalies(),
        counts.unknownNames(),
        Optional.empty(),
        false,
        lastError,
        Optional.empty(),
        List.of());
  }

  void following(Follower follower, Optional<IndexerStatus.Replay> replay) {
    Instant now = clock.instant();
    cursor.ifPresent(known -> counts.sample(clock.steadyInstant(), known.scanned()));
    FollowedSource source = follower.source();
    boolean marginLow = cursor.isPresent() && source.isMarginLow(cursor.get());
    latest =
        new IndexerStatus(
            state(follower),
            follower.fault(),
            cursor,
            Optional.of(source.name),
            source.version,
            source.oldest,
            lagSeconds(source, now),
            marginLow,
            Duration.ZERO,
            counts.eventsPerSecond(),
            counts.ledgersPerSecond(),
            counts.applied(),
            counts.known(),
            counts.anomalies(),
            counts.unknownNames(),
            upgrade,
            false,
            lastError,
            replay,
            follower.sources().all().stream().map(IndexerReport::source).toList());
    tell(follower.fault(), marginLow);
  }

  private State state(Follower follower) {
    if (follower.fault().isPresent()) {
      return State.FAULT;
    }
    if (follower.cursor().isEmpty()) {
      return State.STARTING;
    }
    if (follower.isCaughtUp()) {
      return State.FOLLOWING;
    }
    return follower.sources().areWaiting(clock.steadyInstant()) ? State.WAITING : State.CATCHING_UP;
  }

  /** The newest ledger's age, and the time that the missing ones took. */
  private OptionalLong lagSeconds(FollowedSource source, Instant now) {
    if (cursor.isEmpty() || source.closeTime.isEmpty()) {
      return OptionalLong.empty();
    }
    long behind = Math.max(0, source.latest.orElse(0) - cursor.get().scanned());
    long age = Math.max(0, now.getEpochSecond() - source.closeTime.getAsLong());
    return OptionalLong.of(age + behind * SECONDS_A_LEDGER);
  }

  private static IndexerStatus.Source source(FollowedSource source) {
    return new IndexerStatus.Source(
        source.name,
        source.version,
        source.oldest,
        source.latest,
        source.verdict.map(Verdict::message));
  }

  private void tell(Optional<Fault> fault, boolean marginLow) {
    if (!fault.equals(told)) {
      told = fault;
      if (fault.isPresent()) {
        LOG.error("the chain is not followed: {}", fault.get().reason());
      } else {
        LOG.info("the chain is followed again");
      }
    }
    if (marginLow != toldMargin) {
      toldMargin = marginLow;
      if (marginLow) {
        LOG.warn("less than a quarter of the RPC node's history is left until ledgers get lost");
      }
    }
  }

  IndexerStatus status() {
    return latest.later(Duration.between(movedAt, clock.steadyInstant()), clock.instant());
  }
}

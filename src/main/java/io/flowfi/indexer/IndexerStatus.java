package io.flowfi.indexer;

import io.flowfi.ledger.ChainCursor;
import io.flowfi.payment.Anomaly;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What the indexer does and has done since the node started.
 *
 * @param fault why it stands still
 * @param cursor how far the log knows the chain
 * @param url the RPC node in use
 * @param version what that node calls itself
 * @param oldest the first ledger that the node still has
 * @param lagSeconds how old the newest known ledger is, about
 * @param marginLow whether less than a quarter of the node's history is left until it forgets
 *     ledgers that were not read
 * @param standsStill how long the scanned ledger has not moved
 * @param eventsPerSecond over the last half minute; {@code ledgersPerSecond} likewise
 * @param applied events added to the log
 * @param known events that were in the log already
 * @param anomalies facts that our own rules would not have expected, by kind
 * @param unknownNames events that are published without being understood, by the contract's name
 * @param upgrade the last change of the contract's code; empty on a node that stands by
 * @param upgradeAlarm whether that was less than {@link ContractUpgrade#ALARM} ago
 * @param lastError what went wrong last
 * @param sources every RPC node, in the order of the setting
 */
public record IndexerStatus(
    State state,
    Optional<Fault> fault,
    Optional<ChainCursor> cursor,
    Optional<String> url,
    Optional<String> version,
    OptionalLong oldest,
    OptionalLong lagSeconds,
    boolean marginLow,
    Duration standsStill,
    double eventsPerSecond,
    double ledgersPerSecond,
    long applied,
    long known,
    Map<String, Long> anomalies,
    Map<String, Long> unknownNames,
    Optional<ContractUpgrade> upgrade,
    boolean upgradeAlarm,
    Optional<Trouble> lastError,
    Optional<Replay> replay,
    List<Source> sources) {
  /** The alarm that matters: nothing was read for so long. */
  public static final Duration STILL = Duration.ofSeconds(60);

  public enum State {
    STARTING,
    /** Another node of the log follows the chain. */
    STANDBY,
    CATCHING_UP,
    /** Everything that the nodes have is in the log. */
    FOLLOWING,
    /** No RPC node answers usefully, or the store does not. */
    WAITING,
    FAULT,
    STOPPED
  }

  public record Trouble(Instant at, String message) {}

  /**
   * One RPC node.
   *
   * @param name its address, without credentials
   * @param trouble what it answered instead of what was asked for
   */
  public record Source(
      String name,
      Optional<String> version,
      OptionalLong oldest,
      OptionalLong latest,
      Optional<String> trouble) {}

  /**
   * A second reading of a part of the chain.
   *
   * @param at up to which ledger it has read
   * @param through where it ends
   * @param applied events that were missing in the log
   * @param known events that were not
   * @param unreadable events that cannot be decoded
   * @param error why it has ended early
   */
  public record Replay(
      long from,
      long at,
      long through,
      long applied,
      long known,
      long unreadable,
      boolean running,
      Optional<String> error) {}

  public IndexerStatus {
    anomalies = Map.copyOf(anomalies);
    unknownNames = Map.copyOf(unknownNames);
    sources = List.copyOf(sources);
  }

  /** The same, a moment later. */
  IndexerStatus later(Duration stillNow, Instant now) {
    return new IndexerStatus(
        state,
        fault,
        cursor,
        url,
        version,
        oldest,
        lagSeconds,
        marginLow,
        stillNow,
        eventsPerSecond,
        ledgersPerSecond,
        applied,
        known,
        anomalies,
        unknownNames,
        upgrade,
        upgrade.isPresent() && upgrade.get().isAlarm(now),
        lastError,
        replay,
        sources);
  }

  /** The anomalies, and 0 for each kind of which there was none. */
  public Map<String, Long> anomaliesOfEachKind() {
    Map<String, Long> all = new TreeMap<>();
    for (Anomaly kind : Anomaly.values()) {
      all.put(kind.wireName(), 0L);
    }
    for (Oddity kind : Oddity.values()) {
      all.put(kind.label(), 0L);
    }
    all.putAll(anomalies);
    return all;
  }

  /** Ledgers that the node in use has and the log does not. */
  public OptionalLong lagLedgers() {
    return cursor.isPresent()
        ? OptionalLong.of(Math.max(0, cursor.get().tip() - cursor.get().scanned()))
        : OptionalLong.empty();
  }

  /** How many ledgers the node in use can forget until one is lost that was not read. */
  public OptionalLong margin() {
    return cursor.isPresent() && oldest.isPresent()
        ? OptionalLong.of(Math.max(0, cursor.get().scanned() + 1 - oldest.getAsLong()))
        : OptionalLong.empty();
  }

  /** Whether the scanned ledger has stood still for too long. */
  public boolean isStandingStill() {
    return state != State.STANDBY && standsStill.compareTo(STILL) >= 0;
  }
}

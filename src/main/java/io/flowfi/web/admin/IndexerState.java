package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainCursor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** {@link IndexerStatus} as administrators see it; what is not known is null. */
record IndexerState(
    String state,
    Fault fault,
    Long scannedLedger,
    Long tip,
    Long lagLedgers,
    Long lagSeconds,
    Long historyFrom,
    Long oldestLedger,
    Long margin,
    boolean marginLow,
    String url,
    String version,
    long standsStillSeconds,
    boolean standsStill,
    double eventsPerSecond,
    double ledgersPerSecond,
    long applied,
    long known,
    Map<String, Long> anomalies,
    Map<String, Long> unknownEvents,
    ContractUpgrade contractUpgrade,
    LastError lastError,
    Replay replay,
    List<RpcNode> sources,
    FollowingNode followedBy,
    Long unmodelledStreams,
    Long unverifiedStreams,
    Long quarantinedEvents) {

  /**
   * @param followedBy the other node that follows the chain
   * @param counts empty if the store cannot be read
   */
  static IndexerState of(
      IndexerStatus status, Optional<ChainLease.Holder> followedBy, Optional<ChainCounts> counts) {
    Optional<ChainCursor> cursor = status.cursor();
    return new IndexerState(
        status.state().name().toLowerCase(Locale.ROOT),
        status
            .fault()
            .map(fault -> new Fault(fault.code(), fault.reason(), fault.isFinal()))
            .orElse(null),
        cursor.map(ChainCursor::scanned).orElse(null),
        cursor.map(ChainCursor::tip).orElse(null),
        nullable(status.lagLedgers()),
        nullable(status.lagSeconds()),
        cursor.map(ChainCursor::since).orElse(null),
        nullable(status.oldest()),
        nullable(status.margin()),
        status.marginLow(),
        status.url().orElse(null),
        status.version().orElse(null),
        status.standsStill().toSeconds(),
        status.isStandingStill(),
        rounded(status.eventsPerSecond()),
        rounded(status.ledgersPerSecond()),
        status.applied(),
        status.known(),
        new TreeMap<>(status.anomalies()),
        new TreeMap<>(status.unknownNames()),
        status
            .upgrade()
            .map(
                upgrade ->
                    new ContractUpgrade(
                        upgrade.ledger(),
                        upgrade.at().toString(),
                        upgrade.oldWasm(),
                        upgrade.newWasm(),
                        status.upgradeAlarm()))
            .orElse(null),
        status
            .lastError()
            .map(error -> new LastError(error.at().toString(), error.message()))
            .orElse(null),
        status.replay().map(Replay::of).orElse(null),
        status.sources().stream().map(RpcNode::of).toList(),
        followedBy.map(FollowingNode::of).orElse(null),
        counts.map(ChainCounts::unmodelled).orElse(null),
        counts.map(ChainCounts::unverified).orElse(null),
        counts.map(ChainCounts::quarantined).orElse(null));
  }

  static Long nullable(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private static double rounded(double rate) {
    return Math.round(rate * 10) / 10.0;
  }

  /**
   * Why it stands still.
   *
   * @param needsReset whether only a reset ends it
   */
  record Fault(String code, String reason, boolean needsReset) {}

  /** Another node, which follows the chain. */
  record FollowingNode(String id, @JsonInclude(JsonInclude.Include.NON_NULL) String name) {
    static FollowingNode of(ChainLease.Holder holder) {
      return new FollowingNode(holder.node(), holder.name().orElse(null));
    }
  }

  /** The last change of the contract's code. */
  record ContractUpgrade(long ledger, String at, String oldWasm, String newWasm, boolean alarm) {}

  record LastError(String at, String message) {}

  /** A second reading of a part of the chain. */
  record Replay(
      long fromLedger,
      long atLedger,
      long throughLedger,
      long applied,
      long known,
      long unreadable,
      boolean running,
      @JsonInclude(JsonInclude.Include.NON_NULL) String error) {
    private static Replay of(IndexerStatus.Replay replay) {
      return new Replay(
          replay.from(),
          replay.at(),
          replay.through(),
          replay.applied(),
          replay.known(),
          replay.unreadable(),
          replay.running(),
          replay.error().orElse(null));
    }
  }

  /** A node of Stellar's RPC. */
  record RpcNode(
      String url,
      @JsonInclude(JsonInclude.Include.NON_NULL) String version,
      @JsonInclude(JsonInclude.Include.NON_NULL) Long oldestLedger,
      @JsonInclude(JsonInclude.Include.NON_NULL) Long latestLedger,
      @JsonInclude(JsonInclude.Include.NON_NULL) String trouble) {
    private static RpcNode of(IndexerStatus.Source source) {
      return new RpcNode(
          source.name(),
          source.version().orElse(null),
          nullable(source.oldest()),
          nullable(source.latest()),
          source.trouble().orElse(null));
    }
  }
}

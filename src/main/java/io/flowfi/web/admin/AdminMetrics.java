package io.flowfi.web.admin;

import io.flowfi.indexer.Fault;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.LogTotals;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Totals of the protocol and of this node, with the names that the replaced service had.
 *
 * @param timestamp of this answer
 * @param calculatedAt when the totals of streams, events and fees were counted
 * @param uptime seconds
 * @param totalVolumeStreamed all that recipients have received, over all tokens
 * @param indexer null if no contract is followed
 */
record AdminMetrics(
    String timestamp,
    String calculatedAt,
    double uptime,
    StreamCounts streams,
    String totalVolumeStreamed,
    EventCounts events,
    Fees fees,
    SseCounts sse,
    DatabasePool pgPool,
    IndexerCounts indexer) {

  record StreamCounts(long total, long active, long paused, Map<String, Long> byStatus) {
    static StreamCounts of(Map<StreamStatus, Long> streams) {
      Map<String, Long> all = new TreeMap<>();
      for (StreamStatus status : StreamStatus.values()) {
        all.put(status.name().toLowerCase(Locale.ROOT), streams.getOrDefault(status, 0L));
      }
      return new StreamCounts(
          all.values().stream().mapToLong(Long::longValue).sum(),
          all.get("active"),
          all.get("paused"),
          all);
    }
  }

  record EventCounts(long last24h) {}

  /** Sums by token, as decimal strings. */
  record Fees(Map<String, String> totalFeesCollectedByToken, Map<String, String> feesLast24h) {
    static Fees of(LogTotals totals) {
      return new Fees(texts(totals.fees()), texts(totals.feesOfTheDay()));
    }

    private static Map<String, String> texts(Map<Address, BigInteger> sums) {
      return sums.entrySet().stream()
          .collect(
              Collectors.toMap(
                  sum -> sum.getKey().strKey(),
                  sum -> sum.getValue().toString(),
                  (one, other) -> one,
                  TreeMap::new));
    }
  }

  record SseCounts(int activeConnections) {}

  /**
   * The indexer in the words of the replaced service; its status says more.
   *
   * @param eventsFailed 1 while an event that cannot be decoded stops it
   * @param degraded whether a fault stops it, or it stands still
   */
  record IndexerCounts(
      Long lastLedger,
      Long lagSeconds,
      long eventsProcessed,
      long eventsFailed,
      String lastErrorAt,
      boolean degraded) {
    static IndexerCounts of(IndexerStatus status) {
      return new IndexerCounts(
          status.cursor().map(ChainCursor::scanned).orElse(null),
          status.lagSeconds().isPresent() ? status.lagSeconds().getAsLong() : null,
          status.applied() + status.known(),
          status.fault().filter(Fault.Undecodable.class::isInstance).isPresent() ? 1 : 0,
          status.lastError().map(IndexerStatus.Trouble::at).map(Instant::toString).orElse(null),
          status.fault().isPresent() || status.isStandingStill());
    }
  }
}

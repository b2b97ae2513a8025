package io.flowfi.metrics;

import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.ledger.LedgerStatistics;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.relay.RelayStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the parts of a node had counted at one moment.
 *
 * @param nanos the same moment, by {@link System#nanoTime}: clocks are set, this one is not
 * @param maxConnections event streams that may be open at once
 * @param byNode event streams that are open on each node of the log, as they last reported, by its
 *     name or else its id; empty if the list cannot be read
 * @param longPolls requests that wait for events
 * @param log empty if the store does not answer
 * @param feed the last event that the feed has passed on
 * @param mostBehind events that the slowest connection is behind; empty if the fan-out is too busy
 * @param rejections since the start, by limit
 * @param relay empty if nothing carries messages between nodes
 * @param indexer empty if no contract is followed
 * @param health of each part; empty if they do not say it in time
 */
public record NodeReading(
    Instant at,
    long nanos,
    Duration uptime,
    int maxConnections,
    Map<String, Integer> byNode,
    int longPolls,
    FanOutStatistics fanOut,
    LedgerStatistics ledger,
    Optional<LogBounds> log,
    LogPosition feed,
    Optional<Long> mostBehind,
    Map<String, Long> rejections,
    Optional<RelayStatistics> relay,
    Optional<IndexerStatus> indexer,
    Optional<List<PartHealth>> health) {

  /** Events that the log holds and the feed has not passed on; empty if the log is not known. */
  public Optional<Long> feedLag() {
    return log.map(known -> Math.max(0, known.head().value() - feed.value()));
  }
}

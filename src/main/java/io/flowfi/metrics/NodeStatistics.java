package io.flowfi.metrics;

import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.limit.SlotCounts;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.relay.RelayStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The statistics of a node's parts, read one after the other.
 *
 * @param at when they were read
 * @param uptime since the node started
 * @param maxConnections event streams that may be open at once
 * @param longPolls requests that wait for events
 * @param log which log it is, {@code bounds} what it holds
 * @param auditEntriesLost lines of the audit log that could not be kept since the start
 * @param relay empty if nothing carries messages between nodes
 */
public record NodeStatistics(
    Instant at,
    Duration uptime,
    SlotCounts connections,
    int maxConnections,
    int longPolls,
    FanOutStatistics fanOut,
    LogIdentity log,
    LogBounds bounds,
    long auditEntriesLost,
    Optional<RelayStatistics> relay) {}

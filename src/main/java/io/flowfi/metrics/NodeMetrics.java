package io.flowfi.metrics;

import io.flowfi.audit.AuditLog;
import io.flowfi.fanout.FanOut;
import io.flowfi.limit.SlotCounts;
import io.flowfi.log.EventLog;
import io.flowfi.relay.RelayStatistics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Reads the statistics of a node's parts. Any thread may ask. */
public final class NodeMetrics {
  private final Supplier<SlotCounts> connections;
  private final int maxConnections;
  private final IntSupplier longPolls;
  private final FanOut fanOut;
  private final EventLog log;
  private final AuditLog audit;
  private final Supplier<Optional<RelayStatistics>> relay;
  private final InstantSource clock;
  private final Instant started;

  /**
   * Create it when the node starts: its uptime counts from here.
   *
   * @param maxConnections event streams that may be open at once
   * @param longPolls requests that wait for events now
   * @param relay empty if nothing carries messages between nodes
   */
  public NodeMetrics(
      Supplier<SlotCounts> connections,
      int maxConnections,
      IntSupplier longPolls,
      FanOut fanOut,
      EventLog log,
      AuditLog audit,
      Supplier<Optional<RelayStatistics>> relay,
      InstantSource clock) {
    this.connections = connections;
    this.maxConnections = maxConnections;
    this.longPolls = longPolls;
    this.fanOut = fanOut;
    this.log = log;
    this.audit = audit;
    this.relay = relay;
    this.clock = clock;
    this.started = clock.instant();
  }

  /**
   * @throws io.flowfi.log.LogUnavailableException if the bounds of the log cannot be read
   */
  public NodeStatistics read() {
    Instant now = clock.instant();
    return new NodeStatistics(
        now,
        Duration.between(started, now),
        connections.get(),
        maxConnections,
        longPolls.getAsInt(),
        fanOut.statistics(),
        log.identity(),
        log.bounds(),
        audit.lost(),
        relay.get());
  }
}

package io.flowfi.web.ops;

import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.limit.SlotCounts;
import io.flowfi.log.LogBounds;
import io.flowfi.metrics.NodeMetrics;
import io.flowfi.metrics.NodeStatistics;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;

/**
 * Totals of the node (contract section 4). They show nothing about single streams, so every known
 * caller may read them.
 */
@Path("events/stats")
@Produces(MediaType.APPLICATION_JSON)
public final class StatsResource {
  private final NodeMetrics metrics;

  public StatsResource(NodeMetrics metrics) {
    this.metrics = metrics;
  }

  @GET
  public Stats stats() {
    return Stats.of(metrics.read());
  }

  /** The records of the parts explain each number. */
  record Stats(
      int activeConnections,
      String timestamp,
      int maxConnections,
      int activeIps,
      int perIpPeakConnections,
      Map<String, Integer> connectionsByFilter,
      String log,
      long head,
      long oldest,
      long published,
      long delivered,
      int slowClients,
      long slowClientsClosed,
      long auditEntriesLost,
      int ringEvents,
      long ringBytes,
      long uptimeSeconds) {
    static Stats of(NodeStatistics node) {
      SlotCounts connections = node.connections();
      FanOutStatistics fanOut = node.fanOut();
      LogBounds bounds = node.bounds();
      return new Stats(
          connections.open(),
          node.at().toString(),
          node.maxConnections(),
          connections.addresses(),
          connections.peakPerAddress(),
          fanOut.filters(),
          node.log().text(),
          bounds.head().value(),
          bounds.oldest().value(),
          fanOut.published(),
          fanOut.delivered(),
          fanOut.parked(),
          fanOut.slowClientsClosed(),
          node.auditEntriesLost(),
          fanOut.ringFrames(),
          fanOut.ringBytes(),
          node.uptime().toSeconds());
    }
  }
}

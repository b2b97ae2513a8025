package io.flowfi.web.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.limit.SlotCounts;
import io.flowfi.log.LogBounds;
import io.flowfi.metrics.NodeMetrics;
import io.flowfi.metrics.NodeStatistics;
import io.flowfi.relay.RelayStatistics;
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
      int longPolls,
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
      long uptimeSeconds,
      @JsonInclude(JsonInclude.Include.NON_NULL) Relay relay) {
    static Stats of(NodeStatistics node) {
      SlotCounts connections = node.connections();
      FanOutStatistics fanOut = node.fanOut();
      LogBounds bounds = node.bounds();
      return new Stats(
          connections.open(),
          node.at().toString(),
          node.maxConnections(),
          node.longPolls(),
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
          node.uptime().toSeconds(),
          node.relay().map(Relay::of).orElse(null));
    }
  }

  /** What the node tells others and hears from them; none if nothing carries messages. */
  record Relay(
      String channel,
      boolean connected,
      long sent,
      long sentBare,
      long notSent,
      long received,
      long foreign,
      long unsigned,
      long connects,
      @JsonInclude(JsonInclude.Include.NON_NULL) Double lagMillis) {
    static Relay of(RelayStatistics relay) {
      return new Relay(
          relay.channel(),
          relay.connected(),
          relay.sent(),
          relay.sentBare(),
          relay.notSent(),
          relay.received(),
          relay.foreign(),
          relay.unsigned(),
          relay.connects(),
          relay.lagMicros().isPresent() ? relay.lagMicros().getAsLong() / 1000.0 : null);
    }
  }
}

package io.flowfi.web.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.cluster.NodeStore.LiveNode;
import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.limit.SlotCounts;
import io.flowfi.log.LogBounds;
import io.flowfi.metrics.NodeMetrics;
import io.flowfi.metrics.NodeStatistics;
import io.flowfi.relay.RelayStatistics;
import io.flowfi.web.wire.QueryParameters;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Totals of the node (contract section 4), and of all nodes of its log where they are asked for.
 * They show nothing about single streams, so every known caller may read them.
 */
@Path("events/stats")
@Produces(MediaType.APPLICATION_JSON)
public final class StatsResource {
  private final NodeMetrics metrics;
  private final Supplier<List<LiveNode>> nodes;

  /**
   * @param nodes those that serve the log, oldest first
   */
  public StatsResource(NodeMetrics metrics, Supplier<List<LiveNode>> nodes) {
    this.metrics = metrics;
    this.nodes = nodes;
  }

  @GET
  public Stats stats(@Context UriInfo uri) {
    QueryParameters query = new QueryParameters(uri.getQueryParameters());
    boolean ofAll = query.ofCluster(false);
    return query.buildStrictly(
        () -> Stats.of(metrics.read(), ofAll ? ClusterStats.of(nodes.get()) : null));
  }

  /** What {@code scope=cluster} answers, as what Jackson writes. */
  public Object ofCluster() {
    return Stats.of(metrics.read(), ClusterStats.of(nodes.get()));
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
      @JsonInclude(JsonInclude.Include.NON_NULL) Relay relay,
      @JsonInclude(JsonInclude.Include.NON_NULL) ClusterStats cluster) {
    static Stats of(NodeStatistics node, ClusterStats cluster) {
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
          node.relay().map(Relay::of).orElse(null),
          cluster);
    }
  }

  /** The sums over all nodes, and each of them. */
  record ClusterStats(int activeConnections, int maxConnections, long head, List<Node> nodes) {
    static ClusterStats of(List<LiveNode> nodes) {
      return new ClusterStats(
          nodes.stream().mapToInt(node -> node.report().connections()).sum(),
          nodes.stream().mapToInt(node -> node.report().maxConnections()).sum(),
          nodes.stream().mapToLong(node -> node.report().head().value()).max().orElse(0),
          nodes.stream().map(Node::of).toList());
    }
  }

  /** One of the nodes, as it was when it last reported. */
  record Node(
      String id,
      @JsonInclude(JsonInclude.Include.NON_NULL) String name,
      String version,
      int activeConnections,
      int maxConnections,
      long head,
      long lag,
      long uptimeSeconds,
      long reportedMillisAgo) {
    static Node of(LiveNode node) {
      return new Node(
          node.report().id(),
          node.report().name().orElse(null),
          node.report().version(),
          node.report().connections(),
          node.report().maxConnections(),
          node.report().head().value(),
          node.lag(),
          node.uptime().toSeconds(),
          node.age().toMillis());
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

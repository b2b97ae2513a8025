package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.cluster.NodeStore.LiveNode;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.wire.QueryParameters;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;

/** The nodes that serve this log. */
@Path("admin/nodes")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
public final class NodesResource {
  private final Supplier<List<LiveNode>> nodes;
  private final String self;
  private final InstantSource clock;

  /**
   * @param nodes those that live, oldest first
   * @param self the id of this node
   */
  public NodesResource(Supplier<List<LiveNode>> nodes, String self, InstantSource clock) {
    this.nodes = nodes;
    this.self = self;
    this.clock = clock;
  }

  @GET
  public NodeList list(@Context UriInfo uri) {
    return new QueryParameters(uri.getQueryParameters()).buildStrictly(this::list);
  }

  private NodeList list() {
    List<LiveNode> live = nodes.get();
    Instant now = clock.instant();
    return new NodeList(
        live.stream().mapToLong(node -> node.report().head().value() + node.lag()).max().orElse(0),
        live.stream().map(node -> ListedNode.of(node, self, now)).toList());
  }

  /**
   * @param head the newest position that one of them knew of
   */
  record NodeList(long head, List<ListedNode> nodes) {}

  /**
   * One of the nodes, as it was when it last reported.
   *
   * @param self whether it gave this answer
   * @param since when it started, by this node's clock
   * @param head how far it has passed on the log
   * @param lag events that it had not passed on yet
   */
  record ListedNode(
      String id,
      @JsonInclude(JsonInclude.Include.NON_NULL) String name,
      boolean self,
      String version,
      String since,
      long reportedMillisAgo,
      int activeConnections,
      int maxConnections,
      long head,
      long lag) {
    private static ListedNode of(LiveNode node, String self, Instant now) {
      return new ListedNode(
          node.report().id(),
          node.report().name().orElse(null),
          node.report().id().equals(self),
          node.report().version(),
          now.minus(node.uptime()).truncatedTo(ChronoUnit.SECONDS).toString(),
          node.age().toMillis(),
          node.report().connections(),
          node.report().maxConnections(),
          node.report().head().value(),
          node.lag());
    }
  }
}

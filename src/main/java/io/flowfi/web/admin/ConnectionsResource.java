package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.cluster.NodeCalls;
import io.flowfi.cluster.NodeCalls.Answers;
import io.flowfi.fanout.Connections;
import io.flowfi.fanout.Connections.Open;
import io.flowfi.log.LogIdentity;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.admin.ConnectionQuery.Mark;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The open connections of this node, and of the other nodes of its log where that is asked. */
@Path("admin/connections")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
public final class ConnectionsResource {
  private final Connections connections;
  private final String node;
  private final OtherNodes others;

  /**
   * @param node the id of this node
   * @param others empty if this node has the log for itself
   * @param log whose subscribers they are
   */
  public ConnectionsResource(
      Connections connections, String node, Optional<NodeCalls> others, LogIdentity log) {
    this.connections = connections;
    this.node = node;
    this.others = new OtherNodes(others, log);
  }

  @GET
  public ConnectionList list(@Context UriInfo uri, @Context HttpServletRequest request) {
    QueryParameters parameters = new QueryParameters(uri.getQueryParameters());
    ConnectionQuery query = ConnectionQuery.read(parameters);
    boolean ofAll = parameters.ofCluster(false);
    return parameters.buildStrictly(() -> ofAll ? listAll(query, request) : list(query));
  }

  /** The others sort in the same way, so the first of all are among the first of each. */
  private ConnectionList listAll(ConnectionQuery query, HttpServletRequest request) {
    others.checkAddresses();
    List<OtherNodes.MissingNode> missing = new ArrayList<>();
    List<ConnectionList> lists =
        new ArrayList<>(
            OtherNodes.read(others.ask(request, new byte[0], 200), ConnectionList.class, missing));
    lists.add(list(query));
    List<OpenConnection> rows = new ArrayList<>();
    lists.forEach(list -> rows.addAll(list.connections()));
    rows.sort(Comparator.comparing(query::mark, query.order()));
    List<OpenConnection> shown = query.firstOf(rows);
    boolean more =
        shown.size() < rows.size() || lists.stream().anyMatch(list -> list.nextCursor() != null);
    return new ConnectionList(
        shown,
        lists.stream().mapToInt(ConnectionList::total).sum(),
        more ? query.mark(shown.get(shown.size() - 1)).text() : null,
        missing);
  }

  private record Row(Mark mark, Open open) {}

  private ConnectionList list(ConnectionQuery query) {
    List<Row> rows = new ArrayList<>();
    int total = 0;
    OptionalLong next = OptionalLong.of(Connections.BEGINNING);
    while (next.isPresent()) {
      long after = next.getAsLong();
      Connections.Page page = answered(() -> connections.list(after, Connections.LONGEST_PAGE));
      for (Open open : page.connections()) {
        if (query.matches(open)) {
          total++;
          Mark mark = query.mark(open);
          if (query.isLeft(mark)) {
            rows.add(new Row(mark, open));
          }
        }
      }
      next = page.next();
    }
    rows.sort(Comparator.comparing(Row::mark, query.order()));
    List<Row> shown = query.firstOf(rows);
    return new ConnectionList(
        shown.stream().map(row -> OpenConnection.of(row.open(), node)).toList(),
        total,
        shown.size() < rows.size() ? shown.get(shown.size() - 1).mark().text() : null,
        null);
  }

  /** Ends a connection. Its client is told to reconnect, and may come back. */
  @DELETE
  @Path("{id}")
  public void close(
      @PathParam("id") String id, @Context UriInfo uri, @Context HttpServletRequest request) {
    QueryParameters parameters = new QueryParameters(uri.getQueryParameters());
    boolean ofAll = parameters.ofCluster(true);
    parameters.buildStrictly(() -> ofAll);
    if (answered(() -> connections.close(id))) {
      return;
    }
    if (!ofAll) {
      throw unknown();
    }
    Answers answers = others.ask(request, new byte[0], 204, 404);
    if (answers.answers().stream().noneMatch(answer -> answer.status() == 204)) {
      throw unknown(answers);
    }
  }

  /** No node has it, as far as they have answered. */
  static ProblemException unknown(Answers answers) {
    if (answers.missing().isEmpty()) {
      return unknown();
    }
    return ProblemException.later(
        503,
        "no node that answered has a connection with this client id; these did not answer: "
            + answers.missing().stream()
                .map(node -> node.name().orElse(node.node()) + " (" + node.reason() + ")")
                .collect(Collectors.joining(", ")),
        1);
  }

  static ProblemException unknown() {
    return ProblemException.of(404, "no connection with this client id is open");
  }

  /** A node that does not come to it in time is busy. */
  static <T> T answered(Supplier<T> question) {
    try {
      return question.get();
    } catch (IllegalStateException e) {
      throw ProblemException.later(503, "the node is too busy: " + e.getMessage(), 1);
    }
  }

  /**
   * A page of connections.
   *
   * @param total how many match, on this page or not
   * @param nextCursor null on the last page
   * @param missing nodes whose connections are not in it; null if only one node was asked
   */
  record ConnectionList(
      List<OpenConnection> connections,
      int total,
      String nextCursor,
      @JsonInclude(JsonInclude.Include.NON_NULL) List<OtherNodes.MissingNode> missing) {}
}

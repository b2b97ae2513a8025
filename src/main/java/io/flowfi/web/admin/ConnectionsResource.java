package io.flowfi.web.admin;

import io.flowfi.fanout.Connections;
import io.flowfi.fanout.Connections.Open;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.admin.ConnectionQuery.Mark;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
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
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The open connections of this node. */
@Path("admin/connections")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
public final class ConnectionsResource {
  private final Connections connections;
  private final String node;

  /**
   * @param node the id of this node
   */
  public ConnectionsResource(Connections connections, String node) {
    this.connections = connections;
    this.node = node;
  }

  @GET
  public ConnectionList list(@Context UriInfo uri) {
    QueryParameters parameters = new QueryParameters(uri.getQueryParameters());
    ConnectionQuery query = ConnectionQuery.read(parameters);
    return parameters.buildStrictly(() -> list(query));
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
        shown.size() < rows.size() ? shown.get(shown.size() - 1).mark().text() : null);
  }

  /** Ends a connection. Its client is told to reconnect, and may come back. */
  @DELETE
  @Path("{id}")
  public void close(@PathParam("id") String id) {
    if (!answered(() -> connections.close(id))) {
      throw unknown();
    }
  }

  static ProblemException unknown() {
    return ProblemException.of(404, "no connection with this client id is open on this node");
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
   */
  record ConnectionList(List<OpenConnection> connections, int total, String nextCursor) {}
}

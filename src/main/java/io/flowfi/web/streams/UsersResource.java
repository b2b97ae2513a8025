package io.flowfi.web.streams;

import io.flowfi.payment.Address;
import io.flowfi.query.EventHistory;
import io.flowfi.query.StreamQueries;
import io.flowfi.web.access.Access;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.events.HistoryAnswer;
import io.flowfi.web.events.HistoryRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.InstantSource;

/** Resources of one address, as sender or recipient. */
@Path("users/{key}")
@Produces(MediaType.APPLICATION_JSON)
public final class UsersResource {
  private final StreamQueries streams;
  private final EventHistory history;
  private final Access access;
  private final InstantSource clock;

  public UsersResource(
      StreamQueries streams, EventHistory history, Access access, InstantSource clock) {
    this.streams = streams;
    this.access = access;
    this.history = history;
    this.clock = clock;
  }

  @GET
  @Path("summary")
  public Summary summary(@PathParam("key") String key, @Context HttpServletRequest request) {
    Address user = Address.parse("key", key);
    access.toSee(CallerFilter.callerOf(request), "key", user);
    return Summary.of(streams.summary(user, clock.instant().getEpochSecond()));
  }

  @GET
  @Path("events")
  public HistoryAnswer events(
      @PathParam("key") String key, @Context UriInfo uri, @Context HttpServletRequest request) {
    Address user = Address.parse("key", key);
    access.toSee(CallerFilter.callerOf(request), "key", user);
    return HistoryRequest.ofUser(user, uri.getQueryParameters(), history).answer(history);
  }
}

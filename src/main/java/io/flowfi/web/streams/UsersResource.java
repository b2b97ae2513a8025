package io.flowfi.web.streams;

import io.flowfi.payment.Address;
import io.flowfi.query.EventHistory;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import io.flowfi.web.access.Access;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.events.HistoryAnswer;
import io.flowfi.web.events.HistoryRequest;
import io.flowfi.web.wire.CommandBody;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Resources of one address, as sender or recipient. There is no list of users: an address is one as
 * soon as a stream names it, so every valid address has its answers, and nothing is to be kept.
 */
@Path("users")
@Produces(MediaType.APPLICATION_JSON)
public final class UsersResource {
  /** How many of the latest streams of each side a user shows; the list of streams has the rest. */
  private static final int LATEST = 10;

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

  /**
   * For clients of the replaced service, which had users sign up. Keeps nothing: 200 if a stream
   * names the address already, 201 if none does.
   */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  public Response register(InputStream entity, @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    Address key = body.address("publicKey");
    Address address = body.build(() -> key);
    User user = user("publicKey", address, request);
    URI location = URI.create(request.getContextPath() + "/v1/users/" + address.strKey());
    return (user.isNamedByAStream() ? Response.ok() : Response.created(location))
        .entity(user)
        .build();
  }

  @GET
  @Path("me")
  public User me(@Context HttpServletRequest request) {
    Address account =
        CallerFilter.callerOf(request)
            .account()
            .orElseThrow(
                () -> ProblemException.of(404, "this server is in open mode: nobody is signed in"));
    return user("me", account, request);
  }

  @GET
  @Path("{key}")
  public User get(@PathParam("key") String key, @Context HttpServletRequest request) {
    return user("key", Address.parse("key", key), request);
  }

  private User user(String parameter, Address address, HttpServletRequest request) {
    access.toSee(CallerFilter.callerOf(request), parameter, address);
    long now = clock.instant().getEpochSecond();
    return new User(
        address.strKey(),
        latest(Optional.of(address), Optional.empty(), now),
        latest(Optional.empty(), Optional.of(address), now));
  }

  private List<StreamState> latest(
      Optional<Address> sender, Optional<Address> recipient, long now) {
    StreamQuery query =
        new StreamQuery(
            Optional.empty(),
            sender,
            recipient,
            Optional.empty(),
            Optional.empty(),
            StreamQuery.Sort.CREATED,
            false,
            Optional.empty(),
            LATEST,
            0);
    return streams.page(query).streams().stream()
        .map(stream -> new StreamState(stream, now))
        .toList();
  }

  @GET
  @Path("{key}/summary")
  public Summary summary(@PathParam("key") String key, @Context HttpServletRequest request) {
    Address user = Address.parse("key", key);
    access.toSee(CallerFilter.callerOf(request), "key", user);
    return Summary.of(streams.summary(user, clock.instant().getEpochSecond()));
  }

  @GET
  @Path("{key}/events")
  public HistoryAnswer events(
      @PathParam("key") String key, @Context UriInfo uri, @Context HttpServletRequest request) {
    Address user = Address.parse("key", key);
    access.toSee(CallerFilter.callerOf(request), "key", user);
    return HistoryRequest.ofUser(user, uri.getQueryParameters(), history).answer(history);
  }

  /**
   * An address and its latest streams, newest first.
   *
   * @param publicKey the address; a contract's too, which has no key
   */
  record User(String publicKey, List<StreamState> sentStreams, List<StreamState> receivedStreams) {
    private boolean isNamedByAStream() {
      return !sentStreams.isEmpty() || !receivedStreams.isEmpty();
    }
  }
}

package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.cluster.NodeCalls;
import io.flowfi.cluster.NodeCalls.Answers;
import io.flowfi.fanout.Connections;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import io.flowfi.sse.Broadcasters;
import io.flowfi.sse.Notice;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.admin.OtherNodes.MissingNode;
import io.flowfi.web.wire.CommandBody;
import io.flowfi.web.wire.JsonBody;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Messages of an administrator to the people who watch event streams. */
@Path("admin/notices")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class NoticesResource {
  private static final int PATIENCE_SECONDS = 2;
  private static final int RETRY_SECONDS = 1;

  private final Broadcasters broadcasters;
  private final Connections connections;
  private final OtherNodes others;
  private final LogIdentity log;
  private final InstantSource clock;

  /**
   * @param others empty if this node has the log for itself
   * @param log whose subscribers they are
   */
  public NoticesResource(
      Broadcasters broadcasters,
      Connections connections,
      Optional<NodeCalls> others,
      LogIdentity log,
      InstantSource clock) {
    this.broadcasters = broadcasters;
    this.connections = connections;
    this.others = new OtherNodes(others, log);
    this.log = log;
    this.clock = clock;
  }

  /** Whom it concerns: one connection, the subscribers of a stream or a user, or everybody. */
  private record To(Optional<String> client, EventFilter filter) {}

  @POST
  public Sent send(InputStream entity, @Context UriInfo uri, @Context HttpServletRequest request)
      throws IOException {
    QueryParameters parameters = new QueryParameters(uri.getQueryParameters());
    boolean ofAll = parameters.ofCluster(true);
    parameters.buildStrictly(() -> ofAll);
    byte[] said = JsonBody.bytes(entity);
    CommandBody body = CommandBody.read(new ByteArrayInputStream(said));
    String message = body.text("message", "(?s).*", "a string");
    Optional<String> severity =
        body.optionalText(
            "severity", "info|warning|critical", "info, warning or critical", "for info");
    String everybody = "to tell everybody";
    Optional<StreamId> stream = body.optionalStreamId("streamId", everybody);
    Optional<Address> user = body.optionalAddress("user", everybody);
    Optional<String> client =
        body.optionalText("clientId", "[A-Za-z0-9-]{1,64}", "the id of a connection", everybody);
    Notice notice =
        body.build(
            () ->
                new Notice(
                    message,
                    Notice.Severity.valueOf(severity.orElse("info").toUpperCase(Locale.ROOT)),
                    clock.instant()));
    To to = to(stream, user, client);
    RequestRecorder.note(request, "severity", notice.severity().word());
    stream.ifPresent(id -> RequestRecorder.note(request, "streamId", id));
    user.ifPresent(address -> RequestRecorder.note(request, "user", address.strKey()));
    client.ifPresent(id -> RequestRecorder.note(request, "clientId", id));
    Sent sent = send(to, notice, ofAll, said, request);
    RequestRecorder.note(request, "connections", sent.connections());
    return sent;
  }

  private Sent send(To to, Notice notice, boolean ofAll, byte[] said, HttpServletRequest request) {
    String at = notice.at().toString();
    if (to.client().isPresent()) {
      Optional<Integer> here = tellOne(to.client().get(), notice);
      if (here.isPresent() || !ofAll) {
        return new Sent(here.orElseThrow(ConnectionsResource::unknown), at, null);
      }
      Answers answers = others.ask(request, said, 200, 404);
      List<MissingNode> missing = new ArrayList<>();
      return OtherNodes.read(answers, Sent.class, missing).stream()
          .findFirst()
          .orElseThrow(() -> ConnectionsResource.unknown(answers));
    }
    int here = tell(to, notice);
    if (!ofAll) {
      return new Sent(here, at, null);
    }
    List<MissingNode> missing = new ArrayList<>();
    List<Sent> elsewhere = OtherNodes.read(others.ask(request, said, 200), Sent.class, missing);
    int told = here + elsewhere.stream().mapToInt(Sent::connections).sum();
    return new Sent(told, at, missing.isEmpty() ? null : missing);
  }

  private static To to(Optional<StreamId> stream, Optional<Address> user, Optional<String> client) {
    int named =
        (stream.isPresent() ? 1 : 0) + (user.isPresent() ? 1 : 0) + (client.isPresent() ? 1 : 0);
    if (named > 1) {
      throw ProblemException.of(
          400, "name one of streamId, user and clientId, or none to tell everybody");
    }
    EventFilter filter =
        named == 0 || client.isPresent()
            ? EventFilter.EVERYTHING
            : new EventFilter(
                false,
                stream.map(Set::of).orElse(Set.of()),
                user.map(Set::of).orElse(Set.of()),
                Set.of());
    return new To(client, filter);
  }

  /** Empty if it is not open on this node. */
  private Optional<Integer> tellOne(String client, Notice notice) {
    return ConnectionsResource.answered(() -> connections.send(client, notice.frame(log)))
        .map(told -> told ? 1 : 0);
  }

  private int tell(To to, Notice notice) {
    try {
      return broadcasters
          .of(to.filter())
          .broadcast(notice.event(log))
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw ProblemException.later(
          503, "the node is too busy to say who was told; the notice is on its way", RETRY_SECONDS);
    } catch (ExecutionException e) {
      // the only way in which a broadcast fails for everybody
      throw ProblemException.later(503, "too many notices are on their way", RETRY_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ProblemException.later(503, "the node is stopping", RETRY_SECONDS);
    }
  }

  /**
   * What was sent.
   *
   * @param connections how many it went to; a client for whom too much waits already does not get
   *     it
   * @param missing nodes whose clients did not get it; null if there are none
   */
  record Sent(
      int connections,
      String at,
      @JsonInclude(JsonInclude.Include.NON_NULL) List<MissingNode> missing) {}
}

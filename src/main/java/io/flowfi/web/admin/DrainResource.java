package io.flowfi.web.admin;

import io.flowfi.health.Drain;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.access.OfWholeServer;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.wire.CommandBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Takes this node out of the traffic, and back. */
@Path("admin/drain")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class DrainResource {
  private static final int LONGEST_SECONDS = 600;

  private final Drain drain;
  private final IntSupplier connections;

  /**
   * @param connections event streams that are open
   */
  public DrainResource(Drain drain, IntSupplier connections) {
    this.drain = drain;
    this.connections = connections;
  }

  @GET
  public DrainState status() {
    return state(drain.status());
  }

  @POST
  @OfWholeServer
  public Response begin(InputStream entity, @Context HttpServletRequest request)
      throws IOException {
    CommandBody body = CommandBody.read(entity);
    Optional<Duration> window =
        body.optionalSeconds("seconds", 0, LONGEST_SECONDS, "for what the settings say");
    body.build(() -> window);
    window.ifPresent(time -> RequestRecorder.note(request, "seconds", time.toSeconds()));
    return Response.accepted(state(drain.begin(window))).build();
  }

  @DELETE
  @OfWholeServer
  public DrainState end() {
    return state(drain.end());
  }

  private DrainState state(Drain.Status status) {
    return new DrainState(
        status.state().word(),
        status.since().map(Instant::toString).orElse(null),
        connections.getAsInt());
  }

  /**
   * Where the node is on its way out.
   *
   * @param since when it was taken out; null while it serves
   * @param connections event streams that are still open
   */
  record DrainState(String state, String since, int connections) {}
}

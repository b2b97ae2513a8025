package io.flowfi.web.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.health.ServerStatus;
import io.flowfi.web.access.ForAnybody;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/**
 * Whether the process lives, has started, and should get traffic: by the paths of MicroProfile
 * Health, whose own JSON {@code METRICS_PORT} has.
 */
@Path("health")
@ForAnybody
@Produces(MediaType.APPLICATION_JSON)
public final class HealthResource {
  private static final int RETRY_SECONDS = 5;

  /** The server cannot recognise such a proxy, so it must warn. */
  private static final String OPEN_MODE =
      "nobody is asked who they are, and everybody who reaches this machine's loopback may do"
          + " everything: no proxy and no tunnel to it; mvn -Psecured or JWT_SECRET ends this";

  private static final String STARTING = "the latest events are not in memory yet";

  private final ServerStatus status;

  public HealthResource(ServerStatus status) {
    this.status = status;
  }

  /** For people: readiness, with facts about the node. */
  @GET
  public Response health() {
    return answer(true);
  }

  /** 503 only for defects that a restart repairs, because a supervisor restarts the process. */
  @GET
  @Path("live")
  public Response live() {
    boolean broken = status.isBroken();
    return answer(!broken, new Health(word(!broken), null, null, null, Map.of(), Map.of()));
  }

  /**
   * 503 while something the node needs is down, or it is draining. What it works without is named
   * all the same, and takes it out of no balancer.
   */
  @GET
  @Path("ready")
  public Response ready() {
    return answer(false);
  }

  /** 503 until the node has started completely; from then on 200, whatever happens. */
  @GET
  @Path("started")
  public Response started() {
    boolean started = status.hasStarted();
    Map<String, String> troubles = started ? Map.of() : Map.of("start", STARTING);
    return answer(started, new Health(word(started), null, null, null, troubles, Map.of()));
  }

  private Response answer(boolean withDetails) {
    Map<String, String> troubles = status.troubles();
    boolean well = troubles.isEmpty();
    if (!withDetails) {
      return answer(well, new Health(word(well), null, null, null, troubles, status.degraded()));
    }
    String mode = status.mode();
    return answer(
        well,
        new Health(
            word(well),
            status.version(),
            mode,
            mode.equals("open") ? OPEN_MODE : null,
            troubles,
            status.degraded()));
  }

  private static String word(boolean well) {
    return well ? "up" : "down";
  }

  private static Response answer(boolean well, Health health) {
    Response.ResponseBuilder response = Response.status(well ? 200 : 503).entity(health);
    return (well ? response : response.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)).build();
  }

  /**
   * The health of the node.
   *
   * @param troubles by part
   * @param degraded what the node does its work without, by part
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  private record Health(
      String status,
      String version,
      String mode,
      String warning,
      Map<String, String> troubles,
      Map<String, String> degraded) {}
}

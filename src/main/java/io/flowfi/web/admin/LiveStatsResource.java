package io.flowfi.web.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.auth.Caller;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.health.ServerStatus;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import io.flowfi.metrics.NodeSample;
import io.flowfi.metrics.Sampler;
import io.flowfi.sse.Broadcasters;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.edge.ClientAddress;
import io.flowfi.web.wire.Json;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the node does now and has done in the last hour, for the console. Its event stream is one of
 * the fan-out's, which follows no event: so a slow reader costs nobody else anything, and it ends
 * with its token and with the node as all of them do. It takes no slot, because an administrator
 * wants to look above all when the node is full; the {@link Sampler} has a limit of its own.
 */
@Path("admin/stats")
@ForAdmins
public final class LiveStatsResource {
  private static final int RETRY_SECONDS = 30;

  private final Sampler sampler;
  private final Broadcasters broadcasters;
  private final LogIdentity log;
  private final ServerStatus status;
  private final String node;
  private final InstantSource clock;
  private final ObjectMapper json = Json.mapper();

  /**
   * @param log of the ledger that they are about
   * @param node the id of this node
   */
  public LiveStatsResource(
      Sampler sampler,
      Broadcasters broadcasters,
      LogIdentity log,
      ServerStatus status,
      String node,
      InstantSource clock) {
    this.sampler = sampler;
    this.broadcasters = broadcasters;
    this.log = log;
    this.status = status;
    this.node = node;
    this.clock = clock;
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public LiveStats latest(@Context UriInfo uri) {
    return strictly(uri, () -> stats(sampler.latest()));
  }

  @GET
  @Path("history")
  @Produces(MediaType.APPLICATION_JSON)
  public StatsHistory history(@Context UriInfo uri) {
    return strictly(
        uri, () -> StatsHistory.of(sampler.history(), node, Sampler.INTERVAL.toSeconds()));
  }

  /** {@code event: stats} now, and then once a second. */
  @GET
  @Path("stream")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void follow(
      @Context SseEventSink sink,
      @Context Sse sse,
      @Context UriInfo uri,
      @Context HttpServletRequest request) {
    Caller caller = CallerFilter.callerOf(request);
    Subscription subscription =
        strictly(uri, LiveStatsResource::ofNothing)
            .admit(
                EventFilter.NOTHING,
                caller.expires().map(expires -> Duration.between(clock.instant(), expires)),
                caller.account(),
                Optional.empty(), // there are no events in it
                ClientAddress.of(request).address());
    if (status.isDraining()) {
      throw ProblemException.later(503, "the server is stopping", 1);
    }
    Consumer<NodeSample> listener = sample -> sink.send(event(sse, sample));
    Runnable end =
        sampler
            .listen(listener)
            .orElseThrow(
                () ->
                    ProblemException.later(
                        503,
                        "the statistics have " + Sampler.MOST_LISTENERS + " readers, the most",
                        RETRY_SECONDS));
    try {
      listener.accept(sampler.latest());
      broadcasters.of(EventFilter.NOTHING).register(sink, subscription, new End(end));
    } catch (RuntimeException e) {
      end.run();
      throw e;
    }
  }

  private static Subscription ofNothing() {
    return new Subscription(
        UUID.randomUUID().toString(), EventFilter.NOTHING, Optional.empty(), false);
  }

  private record End(Runnable action) implements SubscriptionListener {
    @Override
    public void ended(long through) {
      action.run();
    }
  }

  private static <T> T strictly(UriInfo uri, Supplier<T> answer) {
    return new QueryParameters(uri.getQueryParameters()).buildStrictly(answer);
  }

  private LiveStats stats(NodeSample sample) {
    return LiveStats.of(sample, node, status.version());
  }

  private OutboundSseEvent event(Sse sse, NodeSample sample) {
    return sse.newEventBuilder()
        .name("stats")
        .mediaType(MediaType.APPLICATION_JSON_TYPE)
        .data(String.class, text(sample))
        .build();
  }

  private String text(NodeSample sample) {
    try {
      return log.marked(json.writeValueAsString(stats(sample)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("statistics that cannot be written", e);
    }
  }
}

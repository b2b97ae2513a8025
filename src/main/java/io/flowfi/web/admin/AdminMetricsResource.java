package io.flowfi.web.admin;

import io.flowfi.indexer.IndexerControl;
import io.flowfi.query.LogTotals;
import io.flowfi.web.access.ForAdmins;
import io.flowfi.web.admin.Remembered.Value;
import io.flowfi.web.wire.QueryParameters;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Totals for the console of an administrator; a monitor reads {@code GET /metrics}. */
@Path("admin/metrics")
@ForAdmins
@Produces(MediaType.APPLICATION_JSON)
public final class AdminMetricsResource {
  private final Remembered<LogTotals> totals;
  private final IntSupplier connections;
  private final Supplier<DatabasePool> pool;
  private final Optional<IndexerControl> indexer;
  private final InstantSource clock;
  private final Instant started;

  /** How the totals are counted. */
  @FunctionalInterface
  public interface Counting {
    /**
     * @param now Unix seconds
     */
    LogTotals read(long now);
  }

  /**
   * Create it when the node starts: its uptime counts from here.
   *
   * @param counting takes a while; one thread at a time calls it
   * @param connections event streams that are open
   * @param indexer empty if no contract is followed
   */
  public AdminMetricsResource(
      Counting counting,
      IntSupplier connections,
      Supplier<DatabasePool> pool,
      Optional<IndexerControl> indexer,
      InstantSource clock) {
    this.totals = new Remembered<>(now -> counting.read(now.getEpochSecond()), clock);
    this.connections = connections;
    this.pool = pool;
    this.indexer = indexer;
    this.clock = clock;
    this.started = clock.instant();
  }

  @GET
  public AdminMetrics metrics(@Context UriInfo uri) {
    return new QueryParameters(uri.getQueryParameters()).buildStrictly(this::metrics);
  }

  private AdminMetrics metrics() {
    Value<LogTotals> counted = totals.get();
    Instant now = clock.instant();
    return new AdminMetrics(
        now.toString(),
        counted.at().toString(),
        Duration.between(started, now).toMillis() / 1000.0,
        AdminMetrics.StreamCounts.of(counted.value().streams()),
        counted.value().withdrawn().toString(),
        new AdminMetrics.EventCounts(counted.value().eventsOfTheDay()),
        AdminMetrics.Fees.of(counted.value()),
        new AdminMetrics.SseCounts(connections.getAsInt()),
        pool.get(),
        indexer.map(IndexerControl::status).map(AdminMetrics.IndexerCounts::of).orElse(null));
  }
}

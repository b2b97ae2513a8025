package io.flowfi.app;

import io.flowfi.audit.AuditTrail;
import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.SavedFilters;
import io.flowfi.logs.OwnLog;
import io.flowfi.metrics.NodeMetrics;
import io.flowfi.output.OutputAdapter;
import io.flowfi.sse.Broadcasters;
import io.flowfi.sse.EventStreamFeature;
import io.flowfi.store.PoolStatistics;
import io.flowfi.time.Clocks;
import io.flowfi.web.access.Access;
import io.flowfi.web.access.CallerRequired;
import io.flowfi.web.access.NotInSandbox;
import io.flowfi.web.access.RequestRecorder;
import io.flowfi.web.admin.AdminMetricsResource;
import io.flowfi.web.admin.AuditResource;
import io.flowfi.web.admin.ConnectionsResource;
import io.flowfi.web.admin.DatabasePool;
import io.flowfi.web.admin.Deliveries;
import io.flowfi.web.admin.DrainResource;
import io.flowfi.web.admin.IndexerResource;
import io.flowfi.web.admin.LiveStatsResource;
import io.flowfi.web.admin.LoggersResource;
import io.flowfi.web.admin.NodesResource;
import io.flowfi.web.admin.NoticesResource;
import io.flowfi.web.admin.ReconciliationResource;
import io.flowfi.web.admin.SupportBundleResource;
import io.flowfi.web.edge.Pages;
import io.flowfi.web.edge.StreamedAnswers;
import io.flowfi.web.events.ConnectionSlots;
import io.flowfi.web.events.ContextParameters;
import io.flowfi.web.events.EventsResource;
import io.flowfi.web.events.FiltersResource;
import io.flowfi.web.events.HistoryTags;
import io.flowfi.web.login.AuthResource;
import io.flowfi.web.login.SessionResource;
import io.flowfi.web.ops.HealthResource;
import io.flowfi.web.ops.MetricsResource;
import io.flowfi.web.ops.StatsResource;
import io.flowfi.web.streams.CommandTraces;
import io.flowfi.web.streams.LegacyAnswers;
import io.flowfi.web.streams.StreamCommandsResource;
import io.flowfi.web.streams.StreamsResource;
import io.flowfi.web.streams.UsersResource;
import io.flowfi.web.wire.ApiHeaders;
import io.flowfi.web.wire.CommandQueries;
import io.flowfi.web.wire.EmptyBodyFilter;
import io.flowfi.web.wire.JsonAnswers;
import io.flowfi.web.wire.PathPrefixes;
import io.flowfi.web.wire.ProblemMapper;
import io.flowfi.web.wire.SandboxAnswers;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import java.util.List;
import java.util.Optional;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.server.spi.internal.ValueParamProvider;
import org.glassfish.jersey.servlet.ServletProperties;

/** The JAX-RS application: resources over the parts of a node. */
final class ApiApplication extends ResourceConfig {
  /**
   * @param ledger the one of the node's ledgers that it is about
   */
  ApiApplication(
      EventServer server,
      ServedLedger ledger,
      ConnectionSlots slots,
      OutputAdapter outputs,
      OwnLog log,
      Clocks clock) {
    this(server, ledger, ledger.indexer(), ledger.reconciliation(), slots, outputs, log, clock);
  }

  ApiApplication(
      EventServer server,
      ServedLedger ledger,
      Optional<IndexerControl> indexer,
      Optional<Reconciliation> reconciliation,
      ConnectionSlots slots,
      OutputAdapter outputs,
      OwnLog log,
      Clocks clock) {
    // Only what is registered here exists: no scanning, no features from the class path.
    property(ServerProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true);
    property(ServerProperties.WADL_FEATURE_DISABLE, true);
    // Without the mapper Jersey answers only what it cannot parse, such as a malformed media type:
    // it then uses sendError, so that the container dispatches to the error page
    property(ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, false);
    // the mapper turns everything into problems; otherwise Jersey would log each 404
    property(ServerProperties.PROCESSING_RESPONSE_ERRORS_ENABLED, false);
    // a Host that a client sent, or a proxy changed, must not become part of our addresses
    property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
    property(ServletProperties.FILTER_STATIC_CONTENT_REGEX, Pages.PATHS);
    var store = ledger.store();
    LogIdentity identity = store.log().identity();
    AuditTrail audit = identity.isSandbox() ? server.audit().ofSandbox() : server.audit();
    Access access = new Access(store.streams(), ledger.isAlone());
    Broadcasters broadcasters = new Broadcasters(ledger.fanOut());
    SavedFilters filters = ledger.shared().filters();
    register(new StreamCommandsResource(ledger.ledger(), access));
    ledger
        .tracing()
        .ifPresent(tracing -> register(new CommandTraces(tracing), CommandTraces.PRIORITY));
    register(new StreamsResource(store.streams(), store.history(), access, clock));
    register(new UsersResource(store.streams(), store.history(), access, clock));
    register(
        new EventsResource(
            broadcasters,
            slots,
            audit,
            server,
            store.history(),
            ledger.longPolls(),
            ledger.exports(),
            access,
            ledger.fanOut()::head,
            filters,
            clock));
    register(new FiltersResource(filters, access));
    register(new AuthResource(server.authentication(), identity.isSandbox(), clock));
    register(new SessionResource(server.authentication(), clock));
    register(new HealthResource(server));
    register(new MetricsResource(server.metrics()));
    register(new LoggersResource(log.levels()));
    register(new DrainResource(server.planned(), server::openStreams));
    StatsResource stats =
        new StatsResource(
            new NodeMetrics(
                slots::counts,
                slots.limit(),
                ledger.longPolls()::count,
                ledger.fanOut(),
                store.log(),
                server.audit(),
                ledger::relayStatistics,
                clock),
            ledger::liveNodes);
    register(stats);
    register(new SupportBundleResource(BundleParts.of(server, stats::ofCluster, log, clock)));
    register(
        new ConnectionsResource(
            ledger.fanOut().connections(), server.id(), ledger.otherNodes(), identity));
    register(
        new NoticesResource(
            broadcasters, ledger.fanOut().connections(), ledger.otherNodes(), identity, clock));
    register(
        new LiveStatsResource(
            server.sampler(ledger), broadcasters, identity, server, server.id(), clock));
    register(new IndexerResource(indexer, store.chain(), clock));
    register(new ReconciliationResource(reconciliation, indexer));
    register(
        new AuditResource(
            server.auditSearch(),
            store.history(),
            new Deliveries(ledger.fanOut().connections(), identity)));
    register(new NodesResource(ledger::liveNodes, server.id(), clock));
    register(
        new AdminMetricsResource(
            store.totals()::read,
            () -> slots.counts().open(),
            () -> pool(store.pools()),
            indexer,
            clock));
    register(new EventStreamFeature(ledger.fanOut()::prepare, outputs));
    register(
        new AbstractBinder() {
          @Override
          protected void configure() {
            bind(ContextParameters.class).to(ValueParamProvider.class).in(Singleton.class);
          }
        });
    register(CallerRequired.class);
    register(PathPrefixes.class);
    register(EmptyBodyFilter.class);
    register(CommandQueries.class);
    register(new HistoryTags(identity));
    register(ApiHeaders.class);
    register(StreamedAnswers.class);
    register(JsonAnswers.class);
    // after the tags of pages, which know a page only in its own form
    register(LegacyAnswers.class, Priorities.USER - 1);
    register(ProblemMapper.class);
    if (identity.isSandbox()) {
      register(SandboxAnswers.class);
      register(NotInSandbox.class);
    }
    register(new RequestRecorder(audit, clock));
  }

  private static DatabasePool pool(List<PoolStatistics> pools) {
    return new DatabasePool(
        pools.stream().mapToInt(pool -> pool.active() + pool.idle()).sum(),
        pools.stream().mapToInt(PoolStatistics::idle).sum(),
        pools.stream().mapToInt(PoolStatistics::waiting).sum());
  }
}

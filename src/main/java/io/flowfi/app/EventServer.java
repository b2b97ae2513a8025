package io.flowfi.app;

import io.flowfi.audit.AuditLog;
import io.flowfi.auth.Authentication;
import io.flowfi.cluster.Cluster;
import io.flowfi.cluster.NodeStore;
import io.flowfi.cluster.SharedSlots;
import io.flowfi.config.DrainSettings;
import io.flowfi.config.ServerSettings;
import io.flowfi.counts.Arrivals;
import io.flowfi.fanout.FanOut;
import io.flowfi.feed.EventFeed;
import io.flowfi.feed.FeedSink;
import io.flowfi.frames.ControlFrames;
import io.flowfi.frames.LogBacklog;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.health.HealthCheck;
import io.flowfi.health.ServerStatus;
import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.Indexer;
import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.IndexerSettings;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.indexer.rpc.RpcSettings;
import io.flowfi.indexer.xdr.XdrEventDecoder;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.metrics.Exposition;
import io.flowfi.metrics.MetricsServer;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.redis.RedisServers;
import io.flowfi.relay.Channel;
import io.flowfi.relay.RedisChannel;
import io.flowfi.relay.Relay;
import io.flowfi.relay.RelaySettings;
import io.flowfi.relay.RelayStatistics;
import io.flowfi.retention.Retention;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.NotifyChannel;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.store.sqlite.EmbeddedStore;
import io.flowfi.web.events.LongPolls;
import io.flowfi.web.streams.StreamJson;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running parts of a node, started and stopped in the right order: producers stop before
 * consumers, so everything accepted is written, and everything written is delivered.
 *
 * <p>Long, because it is the one place that knows all parts and their order.
 */
final class EventServer implements ServerStatus, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventServer.class);

  /**
   * A client that reconnects after a restart is usually no further behind than this, and then needs
   * no query.
   */
  private static final long WARM_FRAMES = 8192;

  // Together under the five seconds a stop may take.
  private static final Duration LEDGER_STOP = Duration.ofMillis(1000);
  private static final Duration FEED_STOP = Duration.ofMillis(1000);
  private static final Duration FAN_OUT_STOP = Duration.ofMillis(2500);

  private final Parts parts = new Parts();

  /** How many of the parts stay when the node is drained: reading still works. */
  private final int drained;

  /** Of this process. */
  private final String id = UUID.randomUUID().toString();

  private final long started = System.nanoTime();
  private final Supplier<NodeStore.Report> itself;
  private final SqlStore store;

  /** Empty if this node has the log for itself. */
  private final Optional<Cluster> cluster;

  private final Optional<SharedSlots> slots;
  private final Shared shared;
  private final AuditLog audit;
  private final Authentication authentication;
  private final FanOut fanOut;
  private final LongPolls longPolls;
  private final EventFeed feed;

  /** Empty if this node has the log for itself. */
  private final Optional<Relay> relay;

  private final StreamLedger ledger;

  /** Empty if every event is kept. */
  private final Optional<Retention> retention;

  private final Exposition metrics;
  private final Path dataDirectory;
  private final int maxConnections;

  /** Empty if the chain is not followed. */
  private final Optional<Indexer> indexer;

  /** Empty if the chain is not followed. */
  private final Optional<Reconciliation> reconciliation;

  private final LogPosition warm;
  private final boolean alone;

  /** For each part, the first check with trouble is reported. */
  private final List<HealthCheck> checks;

  private final DrainSettings drain;
  private volatile boolean running;

  /** It is unready, but serves on. */
  private volatile boolean leaving;

  private volatile boolean draining;

  /**
   * Opens the store and puts the parts together; nothing runs yet. If this fails, everything is
   * closed again: otherwise the directory would stay locked as long as the container lives.
   */
  EventServer(ServerSettings settings, StreamEventTranslator translator, InstantSource clock) {
    drain = settings.drain();
    maxConnections = settings.limits().total();
    dataDirectory = settings.dataDirectory();
    itself = () -> report(settings);
    try {
      store = store(settings);
      parts.add("store", store);
      cluster = store.cluster().map(with -> new Cluster(with, store.secret(), id, itself));
      cluster.ifPresent(with -> parts.add("cluster", with));
      Optional<RedisServers> redis =
          settings.relay().flatMap(RelaySettings::redis).map(RedisServers::new);
      slots = cluster.map(with -> slots(with, redis, settings));
      slots.ifPresent(with -> parts.add("slots", with));
      shared =
          cluster
              .map(with -> Shared.among(with, slots.get(), settings))
              .orElseGet(() -> Shared.local(settings, clock));
      StreamNumbering numbering = store.follow(settings.followedContract(), settings.network());
      alone = numbering == StreamNumbering.ALONE;
      audit = new AuditLog(settings.audit(), clock);
      // closed after everything that records: the ends of event streams are recorded too
      parts.add("audit log", audit);
      authentication =
          new Authentication(
              settings.auth(), shared.tickets(), shared.seal(), shared.challenges(), clock);
      parts.add("authentication", authentication);
      drained = parts.size();
      LogBounds bounds = store.log().bounds();
      warm = bounds.head();
      LogPosition start =
          new LogPosition(
              Math.max(bounds.oldest().value() - 1, bounds.head().value() - WARM_FRAMES));
      LogBacklog backlog =
          new LogBacklog(
              store.replayLog(),
              store.states(),
              translator,
              stream -> StreamJson.text(stream, clock.instant().getEpochSecond()));
      LogIdentity identity = store.log().identity();
      Arrivals arrivals = new Arrivals();
      fanOut =
          new FanOut(
              settings.fanOut(),
              backlog,
              () -> new ControlFrames(settings.fanOut(), identity),
              start,
              warm,
              clock,
              arrivals);
      parts.add("fan-out", () -> fanOut.shutdown(FAN_OUT_STOP));
      longPolls = new LongPolls(store.history(), settings.limits());
      // after the feed, so that the last events still find those who wait for them
      parts.add("long polls", longPolls);
      feed = new EventFeed(store.feedLog(), new Publisher(translator, identity), start);
      parts.add("feed", () -> feed.close(FEED_STOP));
      relay = settings.relay().map(wanted -> relay(wanted, redis, settings.postgres()));
      relay.ifPresent(with -> parts.add("relay", with));
      ledger =
          new StreamLedger(
              store.ledger(),
              warm,
              relay.map(Relay::ownLedger).orElse(feed.commits()),
              clock,
              LedgerSettings.DEFAULT.with(numbering),
              arrivals);
      parts.add("ledger", () -> ledger.close(LEDGER_STOP));
      retention =
          settings
              .retention()
              .map(kept -> new Retention(kept, store.log(), ledger, store::alone, clock));
      retention.ifPresent(with -> parts.add("retention", with));
      indexer = settings.rpc().map(rpc -> indexer(rpc, settings.indexer(), clock));
      indexer.ifPresent(with -> parts.add("indexer", with));
      reconciliation = settings.rpc().map(rpc -> reconciliation(rpc, clock));
      reconciliation.ifPresent(with -> parts.add("reconciliation", with));
      checks =
          Stream.concat(
                  Stream.of(
                      HealthCheck.of("server", () -> HealthCheck.trouble(leaving, "stopping")),
                      ledger,
                      store,
                      feed,
                      fanOut,
                      HealthCheck.of(fanOut.name(), this::warmingUp),
                      audit,
                      authentication),
                  Stream.of(relay, retention, indexer, reconciliation).flatMap(Optional::stream))
              .toList();
      metrics = new Exposition(readings -> NodeFigures.of(this, readings));
      parts.add("metrics", metrics);
      settings
          .metrics()
          .ifPresent(port -> parts.add("port of the metrics", new MetricsServer(port, metrics)));
    } catch (Throwable e) {
      parts.close();
      throw e;
    }
    LOG.info(
        "FlowFi Events {} serves the log {} up to {} of {}",
        version(),
        store.log().identity(),
        warm,
        settings.postgres().map(Object::toString).orElse(settings.dataDirectory().toString()));
    if (settings.followedContract().isPresent() && indexer.isEmpty()) {
      LOG.warn(
          "The ids of contract {} are kept free for it, but without SOROBAN_RPC_URL it is not followed",
          settings.followedContract().get());
    }
    if (authentication.isOpen()) {
      LOG.warn(
          "OPEN MODE: there is no authentication, and every program on this machine may do everything. Use no proxy and no tunnel: the server cannot always recognise them. mvn -Psecured or JWT_SECRET turns authentication on");
    }
  }

  private Indexer indexer(RpcSettings rpc, IndexerSettings settings, InstantSource clock) {
    return new Indexer(
        rpc.sources(clock),
        anomalies -> new XdrEventDecoder(rpc.contract(), anomalies),
        new LedgerChainLog(ledger, store),
        store
            .cluster()
            .<ChainLease>map(with -> new SharedLease(with.leases(), id))
            .orElseGet(ChainLease::alone),
        settings,
        clock);
  }

  private Reconciliation reconciliation(RpcSettings rpc, InstantSource clock) {
    return new Reconciliation(
        rpc.sources(clock),
        new XdrEventDecoder(rpc.contract(), oddity -> {}), // the indexer counts them
        new LedgerChainLog(ledger, store),
        new StreamEvents(store.history()),
        this::followsTheChain,
        Reconciliation.INTERVAL,
        clock);
  }

  /** Of several nodes one does; while a fault stops it, nothing can be said of streams. */
  private boolean followsTheChain() {
    IndexerStatus.State state = indexer.orElseThrow().status().state();
    return state == IndexerStatus.State.CATCHING_UP || state == IndexerStatus.State.FOLLOWING;
  }

  private SharedSlots slots(Cluster among, Optional<RedisServers> redis, ServerSettings settings) {
    return new SharedSlots(settings.limits(), among::size, redis, store.log().identity(), id);
  }

  private NodeStore.Report report(ServerSettings settings) {
    return new NodeStore.Report(
        id,
        settings.nodeName(),
        version(),
        shared.slots().counts().open(),
        settings.limits().total(),
        feed.position());
  }

  /** Opens the store that the settings name; the one place that chooses. */
  static SqlStore store(ServerSettings settings) {
    return settings
        .postgres()
        .map(PostgresStore::open)
        .orElseGet(() -> EmbeddedStore.open(settings.dataDirectory()));
  }

  private Relay relay(
      RelaySettings wanted, Optional<RedisServers> redis, Optional<PostgresSettings> postgres) {
    LogIdentity log = store.log().identity();
    Optional<Channel> channel =
        redis
            .<Channel>map(servers -> new RedisChannel(servers, log))
            .or(() -> postgres.map(database -> new NotifyChannel(database, log)));
    return new Relay(
        log, store.secret(), channel, wanted.pollInterval(), feed.commits(), feed::position);
  }

  /** Starts the threads. If one does not start, the node is closed. */
  void start() {
    try {
      audit.start();
      cluster.ifPresent(Cluster::start);
      slots.ifPresent(SharedSlots::start);
      fanOut.start();
      feed.start();
      relay.ifPresent(Relay::start);
      ledger.start();
      retention.ifPresent(Retention::start);
      indexer.ifPresent(Indexer::start);
      reconciliation.ifPresent(Reconciliation::start);
      running = true;
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Brings the feed's events to the subscribers. */
  private final class Publisher implements FeedSink {
    private final StreamEventTranslator translator;
    private final LogIdentity log;

    Publisher(StreamEventTranslator translator, LogIdentity log) {
      this.translator = translator;
      this.log = log;
    }

    @Override
    public void accept(List<LoggedEvent> events) {
      fanOut.publish(events.stream().map(event -> translator.frame(event, log)).toList());
      longPolls.published(events);
    }

    @Override
    public void skipTo(LogPosition position) {
      fanOut.skipTo(position);
    }
  }

  /** Of this process, as the list of nodes has it. */
  String id() {
    return id;
  }

  /** Empty if the chain is not followed. */
  Optional<Reconciliation> reconciliation() {
    return reconciliation;
  }

  Shared shared() {
    return shared;
  }

  Authentication authentication() {
    return authentication;
  }

  SqlStore store() {
    return store;
  }

  FanOut fanOut() {
    return fanOut;
  }

  /** Whether the log holds only streams that are registered here, and none of a contract. */
  boolean isAlone() {
    return alone;
  }

  LongPolls longPolls() {
    return longPolls;
  }

  /**
   * The nodes of this log that live, oldest first.
   *
   * @throws LogUnavailableException if the list cannot be read
   */
  List<NodeStore.LiveNode> liveNodes() {
    return cluster.map(Cluster::live).orElseGet(() -> List.of(aloneAlive()));
  }

  private NodeStore.LiveNode aloneAlive() {
    NodeStore.Report report = itself.get();
    return new NodeStore.LiveNode(
        report,
        Math.max(0, store.log().bounds().head().value() - report.head().value()),
        Duration.ofNanos(System.nanoTime() - started),
        Duration.ZERO);
  }

  /** Empty if nothing carries messages between nodes. */
  Optional<RelayStatistics> relayStatistics() {
    return relay.flatMap(Relay::statistics);
  }

  /** Empty if the chain is not followed. */
  Optional<IndexerControl> indexer() {
    return indexer.map(with -> with);
  }

  AuditLog audit() {
    return audit;
  }

  /** All of them: a part may have several. */
  List<HealthCheck> checks() {
    return checks;
  }

  EventFeed feed() {
    return feed;
  }

  Path dataDirectory() {
    return dataDirectory;
  }

  /** How many event streams may be open at once. */
  int maxConnections() {
    return maxConnections;
  }

  /** How many nodes of this log live, this one included, as it knows. */
  int nodes() {
    return cluster.map(Cluster::size).orElse(1);
  }

  /** Its figures for operators. */
  Exposition metrics() {
    return metrics;
  }

  StreamLedger ledger() {
    return ledger;
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public boolean isBroken() {
    return !leaving && checks.stream().anyMatch(HealthCheck::isBroken);
  }

  @Override
  public Map<String, String> troubles() {
    return words(HealthCheck::trouble);
  }

  @Override
  public Map<String, String> degraded() {
    return words(HealthCheck::degraded);
  }

  private Map<String, String> words(Function<HealthCheck, Optional<String>> about) {
    Map<String, String> words = new LinkedHashMap<>();
    for (HealthCheck check : checks) {
      about.apply(check).ifPresent(word -> words.putIfAbsent(check.name(), word));
    }
    return words;
  }

  /** A crowd that reconnects now would read from the store what will soon be in memory. */
  private Optional<String> warmingUp() {
    return HealthCheck.trouble(
        feed.state() == EventFeed.State.RUNNING && warm.isAfter(feed.position()),
        "reads the latest events first");
  }

  @Override
  public String mode() {
    return authentication.isOpen() ? "open" : "secured";
  }

  @Override
  public String version() {
    return Objects.requireNonNullElse(
        EventServer.class.getPackage().getImplementationVersion(), "development");
  }

  /**
   * Becomes unready, waits until load balancers have noticed, and sends its clients away. Then it
   * takes no new requests, finishes the accepted ones, and tells those clients to reconnect that
   * are still there. The store can still be read. The first call does this; other calls return when
   * it is done.
   */
  synchronized void drain() {
    if (leaving) {
      return;
    }
    leaving = true;
    if (running) {
      leave();
    }
    draining = true;
    parts.closeDownTo(drained);
  }

  /** Whoever comes here now is served: a balancer may not know yet. */
  private void leave() {
    try {
      TimeUnit.NANOSECONDS.sleep(drain.delay().toNanos());
      if (!drain.window().isZero()) {
        fanOut.depart(drain.window());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Drains the node and closes the store. */
  @Override
  public void close() {
    drain();
    parts.close();
    LOG.info("FlowFi Events has stopped; everything accepted is in the log");
  }
}

package io.flowfi.app;

import io.flowfi.auth.NodeProof;
import io.flowfi.cluster.Cluster;
import io.flowfi.cluster.ClusterRates;
import io.flowfi.cluster.ClusterSlots;
import io.flowfi.cluster.ClusterSlots.Kind;
import io.flowfi.cluster.ForeignNodes;
import io.flowfi.cluster.NodeCalls;
import io.flowfi.cluster.NodeStore;
import io.flowfi.cluster.SharedStoreException;
import io.flowfi.config.ServerSettings;
import io.flowfi.counts.Arrivals;
import io.flowfi.fanout.FanOut;
import io.flowfi.feed.EventFeed;
import io.flowfi.frames.ControlFrames;
import io.flowfi.frames.LogBacklog;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.health.HealthCheck;
import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.redis.RedisServers;
import io.flowfi.relay.Channel;
import io.flowfi.relay.RedisChannel;
import io.flowfi.relay.Relay;
import io.flowfi.relay.RelaySettings;
import io.flowfi.relay.RelayStatistics;
import io.flowfi.retention.Retention;
import io.flowfi.store.SqlStore;
import io.flowfi.store.UnreachableStoreException;
import io.flowfi.store.postgres.NotifyChannel;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.store.sqlite.EmbeddedStore;
import io.flowfi.time.Clocks;
import io.flowfi.tracing.LedgerTracing;
import io.flowfi.web.events.Exports;
import io.flowfi.web.events.LongPolls;
import io.flowfi.web.streams.StreamJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A ledger and everything that serves it: its store, the feed of its log, the fan-out to its
 * subscribers, its limits. Started and stopped in the right order: producers stop before consumers,
 * so everything accepted is written, and everything written is delivered.
 *
 * <p>Long, because the order of the parts is the order of its lines: what is made later uses what
 * is there, and is stopped before it.
 */
final class ServedLedger implements AutoCloseable {
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

  private final ServerSettings settings;

  /** Of this process. */
  private final String node;

  private final long started = System.nanoTime();
  private final Supplier<NodeStore.Report> itself;
  private final SqlStore store;

  /** Empty if this node has the log for itself. */
  private final Optional<Cluster> cluster;

  private final Optional<ClusterSlots> slots;

  /** Empty without other nodes or Redis, or if nothing is limited. */
  private final Optional<ClusterRates> rates;

  private final Shared shared;
  private final FanOut fanOut;
  private final LongPolls longPolls;
  private final Exports exports;
  private final EventFeed feed;

  /** Empty if this node has the log for itself. */
  private final Optional<Relay> relay;

  private final StreamLedger ledger;

  /** Empty if every event is kept. */
  private final Optional<Retention> retention;

  /** Empty if the chain is not followed. */
  private final Optional<ChainParts> chain;

  private final Optional<LedgerTracing> tracing;
  private final LogPosition warm;
  private final boolean alone;

  /**
   * Opens the store and puts the parts together; nothing runs yet. If this fails, everything is
   * closed again: otherwise the directory would stay locked as long as the container lives.
   *
   * @param purpose what the ledger is for
   * @param logins of the node, which are shared with its first ledger; empty for that one
   * @param node the id of this process
   * @param version of this process
   * @param tracing hears which events are published; empty if there are no traces
   * @throws UnreachableStoreException if the database does not answer, or no longer
   * @throws IllegalStateException if this database or Redis must not be used; the message is a line
   *     for the operator
   */
  ServedLedger(
      ServerSettings settings,
      LogPurpose purpose,
      Optional<Shared> logins,
      String node,
      String version,
      StreamEventTranslator translator,
      Optional<LedgerTracing> tracing,
      Clocks clock) {
    this.settings = settings;
    this.node = node;
    this.tracing = tracing;
    itself = () -> report(version);
    try {
      store = store(settings, purpose);
      parts.add("store", store);
      Optional<RedisServers> redis =
          settings.relay().flatMap(RelaySettings::redis).map(RedisServers::new);
      slots = store.cluster().map(with -> new ClusterSlots(redis, store.log().identity(), node));
      cluster =
          store
              .cluster()
              .map(
                  with ->
                      new Cluster(
                          with,
                          store.secret(),
                          node,
                          itself,
                          slots.orElseThrow(),
                          store.clockDoubt(),
                          clock));
      cluster.ifPresent(with -> parts.add("cluster", with));
      Optional<RedisServers> told = redis.map(this::withoutNodesOfACopy);
      slots.ifPresent(with -> parts.add("slots", with));
      rates =
          cluster
              .filter(with -> settings.rates().on())
              .flatMap(
                  with ->
                      redis.map(
                          servers ->
                              new ClusterRates(with::size, servers, store.log().identity())));
      rates.ifPresent(with -> parts.add("rates", with));
      Shared own =
          cluster
              .map(
                  with ->
                      Shared.among(
                          with, slots(Kind.EVENT_STREAMS, settings.limits()), rates, settings))
              .orElseGet(() -> Shared.local(settings, clock));
      shared = logins.map(own::withLoginsOf).orElse(own);
      StreamNumbering numbering = store.follow(settings.followedContract(), settings.network());
      alone = numbering == StreamNumbering.ALONE;
      drained = parts.size();
      LogBounds bounds = store.log().bounds();
      warm = bounds.head();
      LogPosition start =
          new LogPosition(
              Math.max(bounds.oldest().value() - 1, bounds.head().value() - WARM_FRAMES));
      LogIdentity identity = store.log().identity();
      LogBacklog backlog =
          new LogBacklog(
              store.replayLog(),
              store.states(),
              translator,
              stream -> identity.marked(StreamJson.text(stream, clock.instant().getEpochSecond())));
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
      longPolls =
          new LongPolls(
              store.history(),
              slots(Kind.LONG_POLLS, LongPolls.limits(settings.limits(), purpose)));
      exports = new Exports(store.history(), slots(Kind.EXPORTS, Exports.limits(identity)));
      // after the feed, so that the last events still find those who wait for them
      parts.add("long polls", longPolls);
      List<Consumer<List<LoggedEvent>>> hearers = new ArrayList<>();
      tracing.ifPresent(with -> hearers.add(with::published));
      hearers.add(longPolls::published);
      feed =
          new EventFeed(
              store.feedLog(),
              new Publisher(fanOut, event -> translator.frame(event, identity), hearers),
              start);
      parts.add("feed", () -> feed.close(FEED_STOP));
      relay = settings.relay().map(wanted -> relay(wanted, told, settings.postgres()));
      relay.ifPresent(with -> parts.add("relay", with));
      ledger =
          new StreamLedger(
              store.ledger(),
              warm,
              relay.map(Relay::ownLedger).orElse(feed.commits()),
              clock,
              LedgerSettings.DEFAULT.with(numbering).with(purpose),
              arrivals);
      parts.add("ledger", () -> ledger.close(LEDGER_STOP));
      retention =
          settings
              .retention()
              .map(
                  kept ->
                      new Retention(
                          kept, store.log(), ledger, store::alone, store::clockDoubt, clock));
      retention.ifPresent(with -> parts.add("retention", with));
      chain =
          settings
              .rpc()
              .map(rpc -> ChainParts.of(rpc, settings.indexer(), store, ledger, node, clock));
      chain.ifPresent(with -> parts.add("indexer", with));
    } catch (SharedStoreException | LogUnavailableException e) {
      parts.close();
      throw settings.postgres().isEmpty()
          ? e
          : new UnreachableStoreException(
              "the database has stopped answering while the node started: " + e.getMessage(), e);
    } catch (Throwable e) {
      parts.close();
      throw e;
    }
  }

  /**
   * For what nodes tell each other. Their slots are counted without it, so that they see each other
   * there.
   */
  private RedisServers withoutNodesOfACopy(RedisServers redis) {
    return store
        .cluster()
        .map(with -> new ForeignNodes(redis, store.log().identity(), with.nodes()))
        .map(
            foreign -> {
              foreign.refuse();
              return redis.under(foreign::refuseUse);
            })
        .orElse(redis);
  }

  /** Counted together with the other nodes, if there can be any. */
  private Slots slots(Kind kind, ConnectionSettings limits) {
    return slots.map(among -> among.of(kind, limits)).orElseGet(() -> new LocalSlots(limits));
  }

  private NodeStore.Report report(String version) {
    return new NodeStore.Report(
        node,
        settings.nodeName(),
        settings.nodeUrl(),
        version,
        shared.slots().counts().open(),
        settings.limits().total(),
        feed.position());
  }

  /** Opens the store that the settings name; the one place that chooses. */
  static SqlStore store(ServerSettings settings, LogPurpose purpose) {
    return settings
        .postgres()
        .map(database -> PostgresStore.open(database, purpose))
        .orElseGet(() -> EmbeddedStore.open(settings.dataDirectory(), purpose));
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

  /** Starts the threads. If one does not start, whoever calls closes this. */
  void start() {
    cluster.ifPresent(Cluster::start);
    slots.ifPresent(ClusterSlots::start);
    rates.ifPresent(ClusterRates::start);
    fanOut.start();
    feed.start();
    relay.ifPresent(Relay::start);
    ledger.start();
    retention.ifPresent(Retention::start);
    chain.ifPresent(ChainParts::start);
  }

  ServerSettings settings() {
    return settings;
  }

  Shared shared() {
    return shared;
  }

  SqlStore store() {
    return store;
  }

  /** Empty if there are no traces. */
  Optional<LedgerTracing> tracing() {
    return tracing;
  }

  FanOut fanOut() {
    return fanOut;
  }

  LongPolls longPolls() {
    return longPolls;
  }

  Exports exports() {
    return exports;
  }

  EventFeed feed() {
    return feed;
  }

  StreamLedger ledger() {
    return ledger;
  }

  /** Whether the log holds only streams that are registered here, and none of a contract. */
  boolean isAlone() {
    return alone;
  }

  /** Empty if the chain is not followed. */
  Optional<IndexerControl> indexer() {
    return chain.map(ChainParts::indexer);
  }

  /** Empty if the chain is not followed. */
  Optional<Reconciliation> reconciliation() {
    return chain.map(ChainParts::reconciliation);
  }

  /** Empty if nothing carries messages between nodes. */
  Optional<RelayStatistics> relayStatistics() {
    return relay.flatMap(Relay::statistics);
  }

  /** Requests to the other nodes; empty if this node has the log for itself. */
  Optional<NodeCalls> otherNodes() {
    return cluster.map(Cluster::calls);
  }

  /** What the other nodes prove their requests by; empty if there can be none. */
  Optional<NodeProof> nodeProof() {
    return cluster.map(Cluster::proof);
  }

  /**
   * The nodes of this log that live, oldest first.
   *
   * @throws LogUnavailableException if the list cannot be read
   */
  List<NodeStore.LiveNode> liveNodes() {
    return cluster.map(Cluster::live).orElseGet(() -> List.of(aloneAlive()));
  }

  /**
   * Event streams that are open on each of the nodes that live, by its name, or else its id. During
   * a restart two may have one name: then it is their sum.
   *
   * @throws LogUnavailableException if the list cannot be read
   */
  Map<String, Integer> connectionsByNode() {
    Stream<NodeStore.Report> reports =
        cluster
            .map(nodes -> nodes.live().stream().map(NodeStore.LiveNode::report))
            .orElseGet(() -> Stream.of(itself.get()));
    return reports.collect(
        Collectors.toUnmodifiableMap(
            report -> report.name().orElse(report.id()),
            NodeStore.Report::connections,
            Integer::sum));
  }

  private NodeStore.LiveNode aloneAlive() {
    NodeStore.Report report = itself.get();
    return new NodeStore.LiveNode(
        report,
        Math.max(0, store.log().bounds().head().value() - report.head().value()),
        Duration.ofNanos(System.nanoTime() - started),
        Duration.ZERO);
  }

  /** How many nodes of this log live, this one included, as it knows. */
  int nodes() {
    return cluster.map(Cluster::size).orElse(1);
  }

  /** Those of all its parts. For each part, the first check with trouble is reported. */
  List<HealthCheck> checks() {
    return Stream.concat(
            Stream.of(ledger, store, feed, fanOut, HealthCheck.of(fanOut.name(), this::warmingUp)),
            Stream.of(
                    relay,
                    retention,
                    chain.map(ChainParts::indexer),
                    chain.map(ChainParts::reconciliation))
                .flatMap(Optional::stream))
        .toList();
  }

  /** Whether what was in the log at the start and may be asked for soon is in memory. */
  boolean isWarm() {
    return !warm.isAfter(feed.position());
  }

  /** A crowd that reconnects now would read from the store what will soon be in memory. */
  private Optional<String> warmingUp() {
    return HealthCheck.trouble(
        feed.state() == EventFeed.State.RUNNING && !isWarm(), "reads the latest events first");
  }

  /** Where the log ended when it was opened, and which database it is in. */
  @Override
  public String toString() {
    return "%s up to %s of %s"
        .formatted(
            store.log().identity(),
            warm,
            settings.postgres().map(Object::toString).orElse(settings.dataDirectory().toString()));
  }

  /** Tells all clients to reconnect, spread over some time, while the others are served on. */
  void depart(Duration window) {
    try {
      fanOut.depart(window);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes no new requests, finishes the accepted ones, and tells those clients to reconnect that
   * are still there. The store can still be read.
   */
  void drain() {
    parts.closeDownTo(drained);
  }

  /** Drains and closes the store. */
  @Override
  public void close() {
    parts.close();
  }
}

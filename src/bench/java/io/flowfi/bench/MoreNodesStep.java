package io.flowfi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Row 15: the same number of subscribers on one node with the embedded database, and on one, two
 * and three nodes on one PostgreSQL; events flat out. Then the memory of a connection, with either
 * database. All of them share the processors of this machine.
 */
record MoreNodesStep(Settings settings) implements Step {
  static final String EMBEDDED = "embedded";

  private static final int MOST_NODES = 3;

  /** On each of one, two and three nodes it is as many. */
  private static final int SUBSCRIBERS = 900;

  private static final int PUBLISHERS = 32;
  private static final double WARM_UP = 8;
  private static final double START = 8;
  private static final double SETTLE = 1;

  static String nodes(int count) {
    return count == 1 ? "1 node" : count + " nodes";
  }

  static String memoryOf(String database) {
    return "memory, " + database;
  }

  @Override
  public int row() {
    return 15;
  }

  @Override
  public String title() {
    return SUBSCRIBERS + " subscribers on 1, 2 and 3 nodes";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return (MOST_NODES + 1) * (START + WARM_UP + settings.seconds() + 5)
        + 2 * (settings.connections() / 1000.0 + 12);
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    results.accept(deliveries(EMBEDDED, List.of(server), List.of()));
    results.accept(memory(server, EMBEDDED));
    Doorbell doorbell = Doorbell.REDIS.missing().isEmpty() ? Doorbell.REDIS : Doorbell.NOTIFY;
    try (Cluster cluster = Cluster.start(settings, doorbell)) {
      for (int count = 1; count <= MOST_NODES; count++) {
        cluster.addNode();
        results.accept(deliveries(nodes(count), cluster.nodes(), cluster.backends()));
        if (count == 1) {
          results.accept(memory(cluster.nodes().get(0), PostgresServer.NAME));
        }
      }
    }
  }

  private Measurement deliveries(
      String variant, List<? extends Server> nodes, List<Server> backends) {
    List<Swarm> swarms = new ArrayList<>();
    Server first = nodes.get(0);
    try (Publisher publisher = new Publisher(first.port(), first.publishers(PUBLISHERS))) {
      List<Subscribers> groups = new ArrayList<>();
      SubscriberPlan plan = SubscriberPlan.of(first.subscribeToAll(), SUBSCRIBERS / nodes.size());
      for (Server node : nodes) {
        swarms.add(new Swarm(node.port()));
        groups.add(Step.connectAll(swarms.get(swarms.size() - 1), plan));
      }
      publisher.publish(0);
      Pause.seconds(WARM_UP);
      publisher.window();
      windows(swarms, groups);
      CpuMeter all =
          new CpuMeter(Stream.of(nodes, backends).<Server>flatMap(List::stream).toList());
      CpuMeter ofNodes = new CpuMeter(nodes);
      CpuMeter ofBackends = new CpuMeter(backends);
      Pause.seconds(settings.seconds());
      List<SubscriberFigures> seen = windows(swarms, groups);
      double rate = seen.stream().mapToDouble(SubscriberFigures::deliveriesPerSecond).sum();
      Measurement m = Measurement.of(15, FlowFiServer.NAME, variant, SUBSCRIBERS);
      double backendCores = ofBackends.cores();
      double nodeCores = ofNodes.cores();
      all.addTo(m);
      double published = publisher.window().perSecond();
      publisher.pause();
      return m.with("published_per_s", published)
          .with("deliveries_per_s", rate)
          .with("node_us_a_delivery", 1e6 * nodeCores / rate)
          .with("node_cores", nodeCores)
          .with("database_and_redis_cores", backendCores);
    } finally {
      swarms.forEach(Swarm::close);
    }
  }

  private static List<SubscriberFigures> windows(List<Swarm> swarms, List<Subscribers> groups) {
    List<SubscriberFigures> figures = new ArrayList<>();
    for (int i = 0; i < swarms.size(); i++) {
      figures.add(swarms.get(i).window(groups.get(i)));
    }
    return figures;
  }

  /** After a first round, which leaves the pools and the heap as large as they become. */
  private Measurement memory(Server server, String database) {
    grownKb(server);
    return Measurement.of(15, FlowFiServer.NAME, memoryOf(database), settings.connections())
        .with("live_heap_kb_per_connection", grownKb(server) / settings.connections());
  }

  private double grownKb(Server server) {
    long files = server.stats().openFiles();
    double grown;
    try (Swarm swarm = new Swarm(server.port())) {
      double before = server.stats().liveHeapKb();
      Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), settings.connections()));
      Pause.seconds(SETTLE);
      grown = server.stats().liveHeapKb() - before;
    }
    ConnectStep.awaitGone(server, files);
    return grown;
  }
}

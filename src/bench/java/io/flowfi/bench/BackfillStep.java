package io.flowfi.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Row 17: a node catches up with a chain, from the HTTP answers of a node of Stellar's RPC to
 * durable rows and to the frames of a subscriber, once with the embedded database and once with
 * PostgreSQL.
 *
 * <p>First the rate of commands to many streams, by which that of the chain is judged. Then 100,000
 * events that nothing disturbs, until which the code has been compiled; then 100,000 more beside
 * commands at a rate, whose answers are timed.
 */
record BackfillStep(Settings settings) implements Step {
  static final int EVENTS = 100_000;
  static final String EMBEDDED = "embedded";
  static final int COMMANDS_A_SECOND = 50;

  private static final int CONNECTIONS = CommandsStep.CONNECTIONS;
  private static final double AT_MOST = 120;
  private static final double START = 30;

  @Override
  public int row() {
    return 17;
  }

  @Override
  public String title() {
    return "catching up with %,d events of a chain".formatted(EVENTS);
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return 2 * (START + 2 * Plateau.LEAST_SECONDS + settings.seconds() + 2 * EVENTS / 10_000.0);
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    try (SimulatedNode chain = SimulatedNode.start(2, EVENTS)) {
      FlowFiServer node = FlowFiServer.node(settings, 1, variables(chain));
      try (node) {
        node.start(settings.out().resolve("servers"));
        results.accept(measure(node, chain, EMBEDDED));
      }
    }
    if (new PostgresServer().missing().isPresent()) {
      return;
    }
    try (SimulatedNode chain = SimulatedNode.start(2, EVENTS);
        Cluster cluster = Cluster.start(settings, Doorbell.NOTIFY)) {
      results.accept(measure(cluster.addNode(variables(chain)), chain, PostgresServer.NAME));
    }
  }

  /** It asks often: when it hears of the events is not what is measured. */
  private static Map<String, String> variables(SimulatedNode chain) {
    Map<String, String> variables = new HashMap<>(chain.variables());
    variables.put("INDEXER_POLL_INTERVAL", "50ms");
    return variables;
  }

  private Measurement measure(FlowFiServer node, SimulatedNode chain, String store) {
    try (Publisher publisher = new Publisher(node.port(), node.publishers(CONNECTIONS));
        ChainFrames frames = new ChainFrames(node)) {
      publisher.publish(0);
      Plateau.awaitCommands(publisher);
      Pause.seconds(settings.seconds());
      double commands = publisher.window().perSecond();
      publisher.pause();

      double first = eventsPerSecond(chain, frames);
      double heapBefore = node.stats().liveHeapKb();
      node.stats().awaitRest();
      publisher.window();
      publisher.publish(COMMANDS_A_SECOND);
      Pause.seconds(1);
      publisher.window();
      CpuMeter cpu = new CpuMeter(node);
      double second = eventsPerSecond(chain, frames);
      PublisherFigures beside = publisher.window();
      Measurement m = Measurement.of(17, node.name(), store, CONNECTIONS);
      cpu.addTo(m);
      publisher.pause();
      return m.with("events_per_s", second)
          .with("first_events_per_s", first)
          .with("commands_per_s", commands)
          .with("publish_refused", beside.refused())
          .with("publish_broken", beside.broken())
          .with("resident_kb", node.stats().residentKb())
          .with("heap_grown_kb", node.stats().liveHeapKb() - heapBefore)
          .with(Latency.of(beside.answerTimes()));
    }
  }

  /** From when the RPC has them until a subscriber has the last one: by then all are durable. */
  private static double eventsPerSecond(SimulatedNode chain, ChainFrames frames) {
    chain.prepare();
    long before = frames.count();
    long start = System.nanoTime();
    long events = chain.show();
    long end = frames.await(before + events, AT_MOST);
    return events / ((end - start) / 1e9);
  }
}

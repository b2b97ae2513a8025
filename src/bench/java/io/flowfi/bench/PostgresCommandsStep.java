package io.flowfi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Row 16: durable commands on PostgreSQL, each connection to a stream of its own, beside {@link
 * OneWriterLoop} on the same server. In turns, each on a new database: the disk is as fast for one
 * as for the other.
 */
record PostgresCommandsStep(Settings settings) implements Step {
  static final int FEW = 64;

  /** More than a node has threads for requests: the commands of all of them wait for a commit. */
  static final int MANY = 256;

  static final String LOOP = "one writer";

  private static final int TURNS = 2;
  private static final double START = 16;

  static String commands(int connections) {
    return "%d connections".formatted(connections);
  }

  @Override
  public int row() {
    return 16;
  }

  @Override
  public String title() {
    return "durable commands on PostgreSQL, in turns with one writer";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return TURNS * (START + 2 * 2 * Plateau.LEAST_SECONDS + 3 * settings.seconds());
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    List<List<Measurement>> turns = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      turns.add(turn());
    }
    for (int kind = 0; kind < turns.get(0).size(); kind++) {
      int at = kind;
      results.accept(SideBySideStep.mean(turns.stream().map(turn -> turn.get(at)).toList()));
    }
  }

  private List<Measurement> turn() {
    try (Cluster cluster = Cluster.start(settings, Doorbell.NOTIFY)) {
      List<Measurement> turn = new ArrayList<>();
      try (FlowFiServer node = cluster.addNode()) {
        turn.add(measure(node, FEW));
        turn.add(measure(node, MANY));
      }
      turn.add(OneWriterLoop.measure(cluster.postgres(), settings.seconds()));
      return turn;
    }
  }

  private Measurement measure(FlowFiServer node, int connections) {
    try (Publisher publisher = new Publisher(node.port(), node.publishers(connections))) {
      publisher.publish(0);
      Plateau.awaitCommands(publisher);
      CpuMeter cpu = new CpuMeter(node);
      Pause.seconds(settings.seconds());
      PublisherFigures figures = publisher.window();
      Measurement m = Measurement.of(16, node.name(), commands(connections), connections);
      cpu.addTo(m);
      return m.with("commands_per_s", figures.perSecond())
          .with("publish_refused", figures.refused())
          .with("publish_broken", figures.broken())
          .with(Latency.of(figures.answerTimes()));
    }
  }
}

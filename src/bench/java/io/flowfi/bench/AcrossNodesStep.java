package io.flowfi.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Row 14: from a command on one node to the subscribers of the same node and of another, in the
 * same window. Two nodes on one PostgreSQL, with each {@link Doorbell}.
 *
 * @param skipped takes what cannot be measured here, and why
 */
record AcrossNodesStep(Settings settings, Map<String, String> skipped) implements Step {
  /** Few: what is measured is the way from node to node, not the fan-out. */
  static final int SUBSCRIBERS = 10;

  static final String SAME_NODE = "same node";
  static final String OTHER_NODE = "other node";

  private static final double PER_SECOND = 50;
  private static final int WARM_UP_PUBLISHERS = 16;
  private static final double WARM_UP = 10;
  private static final double GET_USED = 8;
  private static final double START = 16;

  static String variant(Doorbell doorbell, String where) {
    return doorbell.words() + ", " + where;
  }

  @Override
  public int row() {
    return 14;
  }

  @Override
  public String title() {
    return "commands on one node, subscribers on two";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return Doorbell.values().length * (START + WARM_UP + GET_USED + settings.secondsAtARate());
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    for (Doorbell doorbell : Doorbell.values()) {
      Optional<String> missing = doorbell.missing();
      if (missing.isPresent()) {
        skipped.put("row 14 " + doorbell.words(), missing.get());
      } else {
        measure(doorbell, results);
      }
    }
  }

  private void measure(Doorbell doorbell, Consumer<Measurement> results) {
    try (Cluster cluster = Cluster.start(settings, doorbell)) {
      FlowFiServer own = cluster.addNode();
      FlowFiServer other = cluster.addNode();
      try (Swarm here = new Swarm(own.port());
          Swarm there = new Swarm(other.port())) {
        SubscriberPlan plan = SubscriberPlan.of(own.subscribeToAll(), SUBSCRIBERS);
        Subscribers same = Step.connectAll(here, plan);
        Subscribers far = Step.connectAll(there, plan);
        List.of(own, other).forEach(AcrossNodesStep::warmUp);
        try (Publisher publisher = new Publisher(own.port(), own.publishers(1))) {
          publisher.publish(PER_SECOND);
          Pause.seconds(GET_USED);
          publisher.window();
          here.window(same);
          there.window(far);
          CpuMeter cpu = new CpuMeter(cluster.all());
          Pause.seconds(settings.secondsAtARate());
          SubscriberFigures near = here.window(same);
          SubscriberFigures away = there.window(far);
          double published = publisher.window().perSecond();
          publisher.pause();
          results.accept(measurement(doorbell, SAME_NODE, published, cpu, near));
          results.accept(measurement(doorbell, OTHER_NODE, published, cpu, away));
        }
      }
    }
  }

  /** Commands on this node; both nodes deliver. */
  private static void warmUp(FlowFiServer node) {
    try (Publisher publisher = new Publisher(node.port(), node.publishers(WARM_UP_PUBLISHERS))) {
      publisher.publish(0);
      Pause.seconds(WARM_UP / 2);
      publisher.pause();
    }
  }

  private Measurement measurement(
      Doorbell doorbell, String where, double published, CpuMeter cpu, SubscriberFigures seen) {
    Measurement m =
        Measurement.of(14, FlowFiServer.NAME, variant(doorbell, where), SUBSCRIBERS)
            .with("published_per_s", published)
            .with("deliveries_per_s", seen.deliveriesPerSecond());
    cpu.addTo(m);
    return m.with(Latency.of(seen.latency()));
  }
}

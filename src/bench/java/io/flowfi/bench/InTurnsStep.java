package io.flowfi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Row 2: a server and its rival at a low rate, in turns. Otherwise changing other work on the
 * machine would decide between two close ones. Both run, warm and with all their subscribers; one
 * is idle during the other's turn.
 *
 * @param perSecond events a second
 * @param rival started and ended here; must need no warm-up
 */
record InTurnsStep(int row, int subscribers, double perSecond, Server rival, Settings settings)
    implements Step {
  private static final int TURNS = 4;
  private static final double TURN_SECONDS = 4;

  /**
   * Unmeasured, at the start of each turn: the processors' caches still hold the other server's
   * data.
   */
  private static final double SETTLING_SECONDS = 1;

  private static final double DRAIN_SECONDS = 5;

  @Override
  public String title() {
    return (int) perSecond
        + " events/s, "
        + subscribers
        + " subscribers, in turns with "
        + rival.name();
  }

  @Override
  public double seconds() {
    return 2 * (ProcessStats.SECONDS_TO_STEADY_USE + TURNS * (SETTLING_SECONDS + TURN_SECONDS) + 2);
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    try (rival) {
      rival.start(settings.out().resolve("servers"));
      try (Side theirs = new Side(rival);
          Side ours = new Side(server)) {
        measure(List.of(theirs, ours), results);
      }
    }
  }

  private void measure(List<Side> sides, Consumer<Measurement> results) {
    sides.forEach(Side::getUsedToTheRate);
    for (int turn = 0; turn < TURNS; turn++) {
      sides.forEach(Side::turn);
    }
    sides.forEach(side -> results.accept(side.measurement()));
  }

  /** One of the servers, with its subscribers and publisher, and the results of its turns. */
  private final class Side implements AutoCloseable {
    private final Server server;
    private final Swarm swarm;
    private final Publisher publisher;
    private final Subscribers all;
    private final Histogram latency = Latency.histogram();
    private final Histogram answerTimes = Latency.histogram();
    private final List<Measurement> turns = new ArrayList<>();
    private long accepted;
    private long refused;
    private long broken;
    private long delivered;

    Side(Server server) {
      this.server = server;
      this.swarm = new Swarm(server.port());
      this.publisher = new Publisher(server.port(), server.publishers(1));
      try {
        this.all = Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), subscribers));
      } catch (IllegalStateException e) {
        close();
        throw e;
      }
    }

    void getUsedToTheRate() {
      publisher.publish(perSecond);
      server.stats().awaitSteadyUse();
      publisher.pause();
    }

    void turn() {
      publisher.publish(perSecond);
      Pause.seconds(SETTLING_SECONDS);
      count(publisher.window());
      count(swarm.window(all));
      CpuMeter cpu = new CpuMeter(server);
      Pause.seconds(TURN_SECONDS);
      SubscriberFigures seen = swarm.window(all);
      PublisherFigures published = publisher.window();
      Measurement turn =
          Measurement.of(row, server.name(), "turn", subscribers)
              .with("published_per_s", published.perSecond())
              .with("deliveries_per_s", seen.deliveriesPerSecond());
      cpu.addTo(turn);
      turns.add(turn);
      publisher.pause();
      latency.add(seen.latency());
      answerTimes.add(published.answerTimes());
      count(published);
      count(seen);
    }

    private void count(PublisherFigures published) {
      accepted += published.accepted();
      refused += published.refused();
      broken += published.broken();
    }

    private void count(SubscriberFigures seen) {
      delivered += seen.deliveries();
    }

    Measurement measurement() {
      count(publisher.window());
      long missing = accepted * subscribers - delivered;
      swarm.await(all, DRAIN_SECONDS, f -> f.deliveries() >= missing);
      SubscriberFigures last = swarm.window(all);
      count(last);
      Measurement m = Measurement.of(row, server.name(), "rate", subscribers);
      for (String figure : turns.get(0).figures().keySet()) {
        m.with(figure, turns.stream().mapToDouble(t -> t.figure(figure)).average().orElseThrow());
      }
      return m.with("expected", (double) accepted * subscribers)
          .with("delivered", delivered)
          .with("publish_refused", refused)
          .with("publish_broken", broken)
          .with("closed_by_server", last.closedByServer())
          .with("answer_p50_ms", answerTimes.getValueAtPercentile(50) / 1000.0)
          .with("answer_p99_ms", answerTimes.getValueAtPercentile(99) / 1000.0)
          .with(Latency.of(latency));
    }

    @Override
    public void close() {
      publisher.close();
      swarm.close();
    }
  }
}

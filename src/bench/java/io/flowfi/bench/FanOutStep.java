package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Rows 1 and 2: subscribers to everything, events published flat out from 32 connections or at a
 * rate.
 *
 * @param perSecond events a second; 0 for flat out
 */
record FanOutStep(int row, int subscribers, double perSecond, Settings settings) implements Step {
  private static final int PUBLISHERS = 32;
  private static final double WARM_UP = 2;

  private static final double DRAIN = 5;

  @Override
  public String title() {
    return (perSecond == 0 ? "saturation" : (int) perSecond + " events/s")
        + ", "
        + subscribers
        + " subscribers";
  }

  @Override
  public double seconds() {
    return perSecond == 0
        ? WARM_UP + measuredSeconds() + 4
        : ProcessStats.SECONDS_TO_STEADY_USE + measuredSeconds() + 2;
  }

  private double measuredSeconds() {
    return perSecond == 0 ? settings.seconds() : settings.secondsAtARate();
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    try (Swarm swarm = new Swarm(server.port());
        Publisher publisher =
            new Publisher(server.port(), server.publishers(perSecond == 0 ? PUBLISHERS : 1))) {
      Subscribers all =
          Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), subscribers));
      publisher.publish(perSecond);
      if (perSecond == 0) {
        Pause.seconds(WARM_UP);
      } else {
        server.stats().awaitSteadyUse();
      }
      CpuMeter cpu = new CpuMeter(server);
      final PublisherFigures warmUp = publisher.window();
      final SubscriberFigures before = swarm.window(all);
      Pause.seconds(measuredSeconds());
      final SubscriberFigures seen = swarm.window(all);
      final PublisherFigures published = publisher.window();
      Measurement m =
          Measurement.of(row, server.name(), perSecond == 0 ? "saturation" : "rate", subscribers);
      cpu.addTo(m);
      publisher.pause();
      PublisherFigures rest = publisher.window();
      long accepted = warmUp.accepted() + published.accepted() + rest.accepted();
      long open = swarm.look(all).open();
      long expected = accepted * open - before.deliveries() - seen.deliveries();
      swarm.await(all, DRAIN, f -> f.deliveries() >= expected);
      SubscriberFigures late = swarm.window(all);
      m.with("published_per_s", published.perSecond())
          .with("deliveries_per_s", seen.deliveriesPerSecond())
          .with(
              "bytes_per_delivery",
              seen.deliveries() == 0 ? 0 : (double) seen.bytes() / seen.deliveries())
          .with("expected", (double) accepted * subscribers)
          .with("delivered", before.deliveries() + seen.deliveries() + late.deliveries())
          .with("publish_refused", warmUp.refused() + published.refused() + rest.refused())
          .with("publish_broken", warmUp.broken() + published.broken() + rest.broken())
          .with("closed_by_server", late.closedByServer())
          .with("answer_p50_ms", published.answerTimes().getValueAtPercentile(50) / 1000.0)
          .with("answer_p99_ms", published.answerTimes().getValueAtPercentile(99) / 1000.0);
      results.accept(m.with(Latency.of(seen.latency())));
    }
  }
}

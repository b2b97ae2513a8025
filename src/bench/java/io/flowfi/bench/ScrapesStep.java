package io.flowfi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Row 18: row 2's events while nobody reads the figures, and while {@code /metrics} is read 100
 * times a second, in turns on one server: so other work on the machine affects both. Every event of
 * a turn must reach every subscriber before the next begins.
 */
record ScrapesStep(Settings settings) implements Step {
  static final String ALONE = "not scraped";
  static final String SCRAPED = "scraped";

  static final int SCRAPES_PER_SECOND = 100;

  private static final double PER_SECOND = 50;
  private static final int TURNS = 4;
  private static final double TURN_SECONDS = 4;

  /** Unmeasured, at the start of each turn. */
  private static final double SETTLING_SECONDS = 1;

  private static final double DRAIN_SECONDS = 5;

  @Override
  public int row() {
    return 18;
  }

  private int subscribers() {
    return Math.min(1000, settings.connections());
  }

  @Override
  public String title() {
    return SCRAPES_PER_SECOND
        + " scrapes/s beside "
        + (int) PER_SECOND
        + " events/s to "
        + subscribers()
        + " subscribers";
  }

  @Override
  public double seconds() {
    return 2 * (ProcessStats.SECONDS_TO_STEADY_USE + TURNS * (SETTLING_SECONDS + TURN_SECONDS)) + 2;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    try (Swarm swarm = new Swarm(server.port());
        Publisher publisher = new Publisher(server.port(), server.publishers(1))) {
      Subscribers all =
          Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), subscribers()));
      Turns turns = new Turns(server, swarm, publisher, all);
      turns.getUsedToTheRate();
      for (int turn = 0; turn < TURNS; turn++) {
        turns.take(turns.alone);
        turns.take(turns.scraped);
      }
      results.accept(turns.measurement(turns.alone));
      results.accept(turns.measurement(turns.scraped));
    }
  }

  /** What was counted in the turns of one kind. */
  private static final class Side {
    private final String variant;
    private final Histogram latency = Latency.histogram();
    private final Histogram scrapeTimes = Latency.histogram();
    private final List<Measurement> turns = new ArrayList<>();
    private long accepted;
    private long delivered;
    private long refused;
    private long broken;
    private long failedScrapes;

    Side(String variant) {
      this.variant = variant;
    }

    boolean isScraped() {
      return variant.equals(SCRAPED);
    }

    void count(PublisherFigures published, SubscriberFigures seen) {
      accepted += published.accepted();
      refused += published.refused();
      broken += published.broken();
      delivered += seen.deliveries();
    }
  }

  private final class Turns {
    private final Side alone = new Side(ALONE);
    private final Side scraped = new Side(SCRAPED);
    private final Server server;
    private final Swarm swarm;
    private final Publisher publisher;
    private final Subscribers all;

    Turns(Server server, Swarm swarm, Publisher publisher, Subscribers all) {
      this.server = server;
      this.swarm = swarm;
      this.publisher = publisher;
      this.all = all;
    }

    private Scraper scraper(boolean scraping) {
      return new Scraper(server.port(), scraping ? SCRAPES_PER_SECOND : 0);
    }

    /** Both ways: a server that compiles itself compiles what writes the figures, too. */
    void getUsedToTheRate() {
      publisher.publish(PER_SECOND);
      server.stats().awaitSteadyUse();
      try (Scraper scraper = scraper(true)) {
        server.stats().awaitSteadyUse();
        if (scraper.window().scrapes() == 0) {
          throw new IllegalStateException("/metrics gives no figures");
        }
      }
      publisher.pause();
      awaitAll(publisher.window().accepted() * subscribers());
      swarm.window(all);
    }

    private void awaitAll(long missing) {
      swarm.await(all, DRAIN_SECONDS, f -> f.deliveries() >= missing);
    }

    void take(Side side) {
      try (Scraper scraper = scraper(side.isScraped())) {
        publisher.publish(PER_SECOND);
        Pause.seconds(SETTLING_SECONDS);
        side.count(publisher.window(), swarm.window(all));
        side.failedScrapes += scraper.window().failed();
        CpuMeter cpu = new CpuMeter(server);
        Pause.seconds(TURN_SECONDS);
        final SubscriberFigures seen = swarm.window(all);
        final PublisherFigures published = publisher.window();
        final Scraper.Window read = scraper.window();
        Measurement turn =
            Measurement.of(row(), server.name(), side.variant, subscribers())
                .with("published_per_s", published.perSecond())
                .with("deliveries_per_s", seen.deliveriesPerSecond())
                .with("scrapes_per_s", read.scrapes() / read.seconds());
        cpu.addTo(turn);
        side.turns.add(turn);
        side.latency.add(seen.latency());
        side.scrapeTimes.add(read.times());
        side.failedScrapes += read.failed();
        side.count(published, seen);
        publisher.pause();
        PublisherFigures rest = publisher.window();
        awaitAll((side.accepted + rest.accepted()) * subscribers() - side.delivered);
        side.count(rest, swarm.window(all));
      }
    }

    Measurement measurement(Side side) {
      Measurement m = Measurement.of(row(), server.name(), side.variant, subscribers());
      for (String figure : side.turns.get(0).figures().keySet()) {
        m.with(
            figure, side.turns.stream().mapToDouble(t -> t.figure(figure)).average().orElseThrow());
      }
      return m.with("expected", (double) side.accepted * subscribers())
          .with("delivered", side.delivered)
          .with("publish_refused", side.refused)
          .with("publish_broken", side.broken)
          .with("closed_by_server", swarm.look(all).closedByServer())
          .with("scrapes_failed", side.failedScrapes)
          .with("scrape_p50_ms", side.scrapeTimes.getValueAtPercentile(50) / 1000.0)
          .with("scrape_p99_ms", side.scrapeTimes.getValueAtPercentile(99) / 1000.0)
          .with(Latency.of(side.latency));
    }
  }
}

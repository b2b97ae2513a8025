package io.flowfi.bench;

import java.util.Random;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Row 19: how long an event of the chain takes from the RPC to a subscriber, while the node has
 * nothing else to do and beside commands. It asks as often as it does by default.
 *
 * <p>The RPC shows one ledger after the other, at moments that have nothing to do with when the
 * node asks. The time counts from when the next request would be answered with the ledger, to when
 * a subscriber has read the last of its events.
 */
record ChainLatencyStep(Settings settings) implements Step {
  static final String IDLE = "idle";
  static final String BUSY = "beside commands";

  private static final int LEDGERS = 60;
  private static final int UNMEASURED = 20;
  private static final int SEED = 19;
  private static final double LEAST_PAUSE = 0.4;
  private static final double PAUSE_SPREAD = 1;
  private static final double AT_MOST = 60;

  @Override
  public int row() {
    return 19;
  }

  @Override
  public String title() {
    return "from the RPC to a subscriber";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return 30 + (2 * LEDGERS + UNMEASURED) * (LEAST_PAUSE + PAUSE_SPREAD);
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    int ledgers = 2 * LEDGERS + UNMEASURED;
    try (SimulatedNode chain =
            SimulatedNode.start(1, (ledgers + 1) * SimulatedNode.EVENTS_A_LEDGER);
        FlowFiServer node = FlowFiServer.node(settings, 1, chain.variables())) {
      node.start(settings.out().resolve("servers"));
      try (Publisher publisher =
              new Publisher(node.port(), node.publishers(CommandsStep.CONNECTIONS));
          ChainFrames frames = new ChainFrames(node)) {
        Random random = new Random(SEED);
        times(chain, frames, UNMEASURED, random);
        results.accept(measure(node, chain, frames, random, IDLE));
        publisher.publish(BackfillStep.COMMANDS_A_SECOND);
        results.accept(measure(node, chain, frames, random, BUSY));
        publisher.pause();
      }
    }
  }

  private static Measurement measure(
      FlowFiServer node, SimulatedNode chain, ChainFrames frames, Random random, String variant) {
    CpuMeter cpu = new CpuMeter(node);
    Latency latency = Latency.of(times(chain, frames, LEDGERS, random));
    Measurement m = Measurement.of(19, node.name(), variant, 1);
    cpu.addTo(m);
    return m.with(latency);
  }

  /** In microseconds. */
  private static Histogram times(
      SimulatedNode chain, ChainFrames frames, int ledgers, Random random) {
    Histogram micros = Latency.histogram();
    for (int ledger = 0; ledger < ledgers; ledger++) {
      Pause.seconds(LEAST_PAUSE + PAUSE_SPREAD * random.nextDouble());
      long before = frames.count();
      long events = chain.showLedger();
      long start = System.nanoTime();
      micros.recordValue(Math.max(1, (frames.await(before + events, AT_MOST) - start) / 1000));
    }
    return micros;
  }
}

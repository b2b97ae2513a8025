package io.flowfi.app;

import io.flowfi.health.HealthCheck;
import io.flowfi.indexer.IndexerControl;
import io.flowfi.log.LogBounds;
import io.flowfi.metrics.Exposition;
import io.flowfi.metrics.LatestReading;
import io.flowfi.metrics.NodeReading;
import io.flowfi.metrics.PartHealth;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Reads what every part of a node has counted. */
final class NodeReadings implements Supplier<NodeReading> {
  private final ServedLedger ledger;
  private final InstantSource clock;
  private final long started = System.nanoTime();
  private final LatestReading<LogBounds> bounds;
  private final LatestReading<Long> mostBehind;
  private final LatestReading<Map<String, Integer>> byNode;
  private final LatestReading<List<PartHealth>> health;

  /**
   * @param checks of the parts that the ledger needs
   */
  NodeReadings(
      ServedLedger ledger,
      List<HealthCheck> checks,
      Exposition.Readings readings,
      InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
    this.bounds = readings.of(ledger.store().log()::bounds);
    this.mostBehind = readings.of(ledger.fanOut().connections()::mostBehind);
    this.byNode = readings.of(ledger::connectionsByNode);
    this.health = readings.of(() -> PartHealth.of(checks));
  }

  @Override
  public NodeReading get() {
    long now = System.nanoTime();
    return new NodeReading(
        clock.instant(),
        now,
        Duration.ofNanos(now - started),
        ledger.settings().limits().total(),
        byNode.value().orElse(Map.of()),
        ledger.longPolls().count(),
        ledger.fanOut().statistics(),
        ledger.ledger().statistics(),
        bounds.value(),
        ledger.feed().position(),
        mostBehind.value(),
        ledger.shared().rejections().byLimit(),
        ledger.relayStatistics(),
        ledger.indexer().map(IndexerControl::status),
        health.value());
  }
}

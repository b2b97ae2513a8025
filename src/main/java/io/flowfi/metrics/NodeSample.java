package io.flowfi.metrics;

import io.flowfi.counts.HistogramCounts;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * A reading, and what has happened since the one before it.
 *
 * @param flow empty if there is none before it
 */
public record NodeSample(NodeReading reading, Optional<Flow> flow) {
  /**
   * What happened between two readings. Counts that are lower than before have begun anew, and are
   * taken as they are.
   *
   * @param seconds between them
   * @param events published, in each second; {@code deliveries} and {@code bytes} likewise
   * @param commits how long the transactions took, in seconds
   * @param latency from the arrival of a command until its event was at the sockets, in seconds
   */
  public record Flow(
      double seconds,
      double events,
      double deliveries,
      double bytes,
      double commands,
      Percentiles commits,
      Percentiles latency) {}

  /** In seconds; empty if there was nothing. */
  public record Percentiles(OptionalDouble p50, OptionalDouble p99) {
    static Percentiles of(HistogramCounts counts) {
      return counts.count() == 0
          ? new Percentiles(OptionalDouble.empty(), OptionalDouble.empty())
          : new Percentiles(
              OptionalDouble.of(counts.quantile(0.5)), OptionalDouble.of(counts.quantile(0.99)));
    }
  }

  /** The first one. */
  static NodeSample first(NodeReading reading) {
    return new NodeSample(reading, Optional.empty());
  }

  static NodeSample after(NodeReading before, NodeReading now) {
    double seconds = (now.nanos() - before.nanos()) / (double) TimeUnit.SECONDS.toNanos(1);
    if (seconds <= 0) {
      return first(now);
    }
    return new NodeSample(
        now,
        Optional.of(
            new Flow(
                seconds,
                more(before.fanOut().published(), now.fanOut().published()) / seconds,
                more(before.fanOut().delivered(), now.fanOut().delivered()) / seconds,
                more(before.fanOut().bytes(), now.fanOut().bytes()) / seconds,
                more(before.ledger().recorded(), now.ledger().recorded()) / seconds,
                Percentiles.of(now.ledger().commits().since(before.ledger().commits())),
                Percentiles.of(now.fanOut().latency().since(before.fanOut().latency())))));
  }

  private static long more(long before, long now) {
    return now < before ? now : now - before;
  }
}

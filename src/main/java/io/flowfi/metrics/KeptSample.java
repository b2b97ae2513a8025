package io.flowfi.metrics;

import io.flowfi.fanout.FanOutStatistics.Kind;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is kept of a sample: an hour of them is a few hundred kilobytes.
 *
 * @param connections that were open, by what they follow
 * @param byNode as in {@link NodeReading}
 * @param flow empty if there was no sample before
 * @param mostBehind as in {@link NodeReading}
 * @param slowClients connections whose socket was full
 * @param closes event streams that have ended since the start, by reason
 * @param rejections since the start, by limit
 */
public record KeptSample(
    Instant at,
    Map<String, Integer> connections,
    Map<String, Integer> byNode,
    Optional<NodeSample.Flow> flow,
    Optional<Long> mostBehind,
    int slowClients,
    Map<String, Long> closes,
    Map<String, Long> rejections) {
  /**
   * @param before the one kept before; what has not changed is shared with it. Null without one
   */
  static KeptSample of(NodeSample sample, KeptSample before) {
    NodeReading now = sample.reading();
    Map<String, Integer> connections = byFilter(now);
    return new KeptSample(
        now.at(),
        before == null ? connections : same(before.connections(), connections),
        before == null ? now.byNode() : same(before.byNode(), now.byNode()),
        sample.flow(),
        now.mostBehind(),
        now.fanOut().parked(),
        before == null ? now.fanOut().ended() : same(before.closes(), now.fanOut().ended()),
        before == null ? now.rejections() : same(before.rejections(), now.rejections()));
  }

  /** The open connections by what they follow, however they are written to. */
  public static Map<String, Integer> byFilter(NodeReading reading) {
    Map<String, Integer> sums = new TreeMap<>();
    for (Map.Entry<Kind, Integer> open : reading.fanOut().open().entrySet()) {
      sums.merge(open.getKey().filter(), open.getValue(), Integer::sum);
    }
    return sums;
  }

  private static <T> T same(T before, T now) {
    return before.equals(now) ? before : now;
  }
}

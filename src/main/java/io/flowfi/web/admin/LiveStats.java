package io.flowfi.web.admin;

import io.flowfi.indexer.IndexerStatus;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.metrics.KeptSample;
import io.flowfi.metrics.NodeReading;
import io.flowfi.metrics.NodeSample;
import io.flowfi.metrics.NodeSample.Flow;
import io.flowfi.metrics.PartHealth;
import io.flowfi.metrics.PartHealth.State;
import io.flowfi.relay.RelayStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What a node does now. What is not known is null.
 *
 * @param time of the sample
 * @param node its id; {@code version} of the server
 * @param ready whether no part keeps the node from its work; null if the parts do not say it in
 *     time
 * @param flow what happened since the sample before; null in the first one
 * @param closes event streams that have ended since the start, by reason
 * @param rejections requests and event streams that a limit has kept away since the start
 * @param relay null if nothing carries messages between nodes
 * @param indexer null if no contract is followed
 */
record LiveStats(
    String time,
    String node,
    String version,
    long uptimeSeconds,
    Boolean ready,
    LiveConnections connections,
    LiveFlow flow,
    LiveLag lag,
    LiveQueues queues,
    LiveLog log,
    LiveRing ring,
    Map<String, Long> closes,
    Map<String, Long> rejections,
    LiveRelay relay,
    LiveIndexer indexer,
    List<LivePart> parts) {

  static LiveStats of(NodeSample sample, String node, String version) {
    NodeReading now = sample.reading();
    List<PartHealth> health = now.health().orElse(List.of());
    return new LiveStats(
        now.at().toString(),
        node,
        version,
        now.uptime().toSeconds(),
        now.health().isEmpty() ? null : health.stream().noneMatch(p -> p.state() == State.DOWN),
        LiveConnections.of(now),
        sample.flow().map(LiveFlow::of).orElse(null),
        new LiveLag(now.mostBehind().orElse(null), now.fanOut().parked()),
        new LiveQueues(now.ledger().waiting(), now.ledger().capacity(), now.longPolls()),
        LiveLog.of(now),
        new LiveRing(now.fanOut().ringFrames(), now.fanOut().ringBytes()),
        now.fanOut().ended(),
        now.rejections(),
        now.relay().map(LiveRelay::of).orElse(null),
        now.indexer().map(LiveIndexer::of).orElse(null),
        health.stream().map(LivePart::of).toList());
  }

  /** Three digits behind the point are enough for people. */
  static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  record LiveConnections(
      int open,
      int limit,
      Map<String, Integer> byFilter,
      Map<String, Integer> byOutput,
      Map<String, Integer> byNode) {
    static LiveConnections of(NodeReading now) {
      Map<String, Integer> byOutput = new TreeMap<>();
      now.fanOut()
          .open()
          .forEach((kind, open) -> byOutput.merge(kind.output(), open, Integer::sum));
      return new LiveConnections(
          now.fanOut().connections(),
          now.maxConnections(),
          KeptSample.byFilter(now),
          byOutput,
          new TreeMap<>(now.byNode()));
    }
  }

  record LiveFlow(
      double seconds,
      double eventsPerSecond,
      double deliveriesPerSecond,
      double bytesPerSecond,
      double commandsPerSecond,
      LivePercentiles commit,
      LivePercentiles delivery) {
    static LiveFlow of(Flow flow) {
      return new LiveFlow(
          rounded(flow.seconds()),
          rounded(flow.events()),
          rounded(flow.deliveries()),
          rounded(flow.bytes()),
          rounded(flow.commands()),
          LivePercentiles.of(flow.commits()),
          LivePercentiles.of(flow.latency()));
    }
  }

  record LivePercentiles(Double p50Millis, Double p99Millis) {
    static LivePercentiles of(NodeSample.Percentiles seconds) {
      return new LivePercentiles(millis(seconds.p50()), millis(seconds.p99()));
    }

    static Double millis(OptionalDouble seconds) {
      return seconds.isEmpty() ? null : rounded(seconds.getAsDouble() * 1000);
    }
  }

  record LiveLag(Long slowestEvents, int slowClients) {}

  record LiveQueues(int commands, int commandsLimit, int longPolls) {}

  record LiveLog(Long first, Long last, long feed, Long feedLag) {
    static LiveLog of(NodeReading now) {
      return new LiveLog(
          now.log().map(known -> known.oldest().value()).orElse(null),
          // the bounds are a second old at most, and the feed may have come further meanwhile
          now.log().map(known -> Math.max(known.head().value(), now.feed().value())).orElse(null),
          now.feed().value(),
          now.feedLag().orElse(null));
    }
  }

  record LiveRing(int events, long bytes) {}

  record LiveRelay(boolean connected, Double lagMillis) {
    static LiveRelay of(RelayStatistics relay) {
      return new LiveRelay(
          relay.connected(),
          relay.lagMicros().isEmpty() ? null : rounded(relay.lagMicros().getAsLong() / 1e3));
    }
  }

  record LiveIndexer(String state, Long ledger, Long tip, Long lagLedgers, Long lagSeconds) {
    static LiveIndexer of(IndexerStatus status) {
      Optional<ChainCursor> cursor = status.cursor();
      return new LiveIndexer(
          word(status.state()),
          cursor.map(ChainCursor::scanned).orElse(null),
          cursor.map(ChainCursor::tip).orElse(null),
          IndexerState.nullable(status.lagLedgers()),
          IndexerState.nullable(status.lagSeconds()));
    }
  }

  record LivePart(String name, String state, String detail) {
    static LivePart of(PartHealth part) {
      return new LivePart(
          part.part(), word(part.state()), part.words().isEmpty() ? null : part.words());
    }
  }
}

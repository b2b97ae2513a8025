package io.flowfi.bench;

import static io.flowfi.bench.Progress.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares the figures of rows 14 to 16, many nodes, with their goals. */
final class ClusterVerdicts {
  private static final double MOST_MS_MORE = 5;
  private static final double TIMES_ONE_WRITER = 10;

  /** A reading of the heap is not exact: as much a connection is unchanged. */
  private static final double UNCHANGED_KB = 0.2;

  private final Results results;
  private final List<Verdicts.Verdict> verdicts = new ArrayList<>();

  private ClusterVerdicts(Results results) {
    this.results = results;
  }

  static List<Verdicts.Verdict> of(Results results) {
    ClusterVerdicts v = new ClusterVerdicts(results);
    for (Doorbell doorbell : Doorbell.values()) {
      v.acrossNodes(doorbell);
    }
    v.moreNodes();
    v.memory();
    v.commands();
    return v.verdicts;
  }

  private Optional<Measurement> one(int row, String variant) {
    return results.one(row, FlowFiServer.NAME, m -> m.variant().equals(variant));
  }

  private void acrossNodes(Doorbell doorbell) {
    Optional<Measurement> same =
        one(14, AcrossNodesStep.variant(doorbell, AcrossNodesStep.SAME_NODE));
    Optional<Measurement> other =
        one(14, AcrossNodesStep.variant(doorbell, AcrossNodesStep.OTHER_NODE));
    if (same.isPresent() && other.isPresent()) {
      Latency near = same.get().latency();
      Latency far = other.get().latency();
      String reached =
          "p50 %.2f, p99 %.2f ms; same node %.2f, %.2f"
              .formatted(far.p50(), far.p99(), near.p50(), near.p99());
      boolean isGoal = doorbell == Doorbell.REDIS;
      add(
          14,
          "to another node "
              + doorbell.words()
              + (isGoal ? ": p99 at most 5 ms above the same node's" : ""),
          reached,
          "",
          "",
          !isGoal || far.p99() <= near.p99() + MOST_MS_MORE);
    }
  }

  private void moreNodes() {
    Optional<Measurement> embedded = one(15, MoreNodesStep.EMBEDDED);
    for (int count = 1; count <= 3; count++) {
      Optional<Measurement> on = one(15, MoreNodesStep.nodes(count));
      if (embedded.isPresent() && on.isPresent()) {
        double rate = on.get().figure("deliveries_per_s");
        double alone = embedded.get().figure("deliveries_per_s");
        add(
            15,
            "deliveries/s on " + MoreNodesStep.nodes(count),
            "%s, %.2f µs each".formatted(number(rate), on.get().figure("node_us_a_delivery")),
            "embedded "
                + number(alone)
                + ", %.2f µs each".formatted(embedded.get().figure("node_us_a_delivery")),
            number(rate / alone),
            true);
      }
    }
  }

  private void memory() {
    Optional<Measurement> embedded = one(15, MoreNodesStep.memoryOf(MoreNodesStep.EMBEDDED));
    Optional<Measurement> shared = one(15, MoreNodesStep.memoryOf(PostgresServer.NAME));
    if (embedded.isPresent() && shared.isPresent()) {
      double alone = embedded.get().figure("live_heap_kb_per_connection");
      double there = shared.get().figure("live_heap_kb_per_connection");
      add(
          15,
          "KB of heap a connection: unchanged",
          "%.2f".formatted(there),
          "embedded %.2f".formatted(alone),
          number(there / alone),
          there - alone <= UNCHANGED_KB);
    }
  }

  private void commands() {
    Optional<Measurement> loop = results.one(16, PostgresCommandsStep.LOOP, m -> true);
    for (int connections : new int[] {PostgresCommandsStep.FEW, PostgresCommandsStep.MANY}) {
      Optional<Measurement> own = one(16, PostgresCommandsStep.commands(connections));
      if (loop.isPresent() && own.isPresent()) {
        double rate = own.get().figure("commands_per_s");
        double one = loop.get().figure("commands_per_s");
        add(
            16,
            "commands/s on PostgreSQL, %d connections: 10x one writer".formatted(connections),
            "%s, p99 %.1f ms".formatted(number(rate), own.get().latency().p99()),
            "one writer " + number(one),
            number(rate / one),
            rate >= TIMES_ONE_WRITER * one);
      }
    }
  }

  private void add(int row, String goal, String reached, String beside, String ratio, boolean met) {
    verdicts.add(new Verdicts.Verdict(Integer.toString(row), goal, reached, beside, ratio, met));
  }
}

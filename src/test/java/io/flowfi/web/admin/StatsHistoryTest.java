package io.flowfi.web.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.metrics.KeptSample;
import io.flowfi.metrics.NodeSample.Flow;
import io.flowfi.metrics.NodeSample.Percentiles;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class StatsHistoryTest {
  private static final Percentiles NONE =
      new Percentiles(OptionalDouble.empty(), OptionalDouble.empty());

  private static KeptSample sample(
      long millis, Map<String, Integer> connections, Optional<Flow> flow, long closes) {
    return new KeptSample(
        Instant.ofEpochMilli(millis),
        connections,
        connections.containsKey("users") ? Map.of("a", 1, "b", 6) : Map.of("a", 1),
        flow,
        flow.map(unused -> 4L),
        1,
        Map.of("client_gone", closes),
        Map.of("requests", 10 * closes));
  }

  @Test
  void shouldHaveColumnsOfOneLengthAndTheCountsAtTheBeginning() {
    Percentiles commits = new Percentiles(OptionalDouble.of(0.0012346), OptionalDouble.of(0.25));
    Flow flow = new Flow(5, 2.00049, 3, 4, 5, commits, NONE);

    StatsHistory history =
        StatsHistory.of(
            List.of(
                sample(5000, Map.of("all", 1), Optional.empty(), 2),
                sample(10_001, Map.of("all", 3, "users", 4), Optional.of(flow), 7)),
            "node-1",
            5);

    assertThat(history.time()).containsExactly(5.0, 10.001);
    assertThat(history.connections())
        .isEqualTo(Map.of("all", List.of(1, 3), "users", List.of(0, 4)));
    assertThat(history.byNode())
        .as("a node that did not live had no connections, and not none")
        .isEqualTo(Map.of("a", List.of(1, 1), "b", Arrays.asList(null, 6)));
    assertThat(history.eventsPerSecond()).containsExactly(null, 2.0);
    assertThat(history.deliveriesPerSecond()).containsExactly(null, 3.0);
    assertThat(history.bytesPerSecond()).containsExactly(null, 4.0);
    assertThat(history.commitP50Millis()).containsExactly(null, 1.235);
    assertThat(history.commitP99Millis()).containsExactly(null, 250.0);
    assertThat(history.deliveryP50Millis()).containsExactly(null, null);
    assertThat(history.deliveryP99Millis()).containsExactly(null, null);
    assertThat(history.slowestEvents()).containsExactly(null, 4L);
    assertThat(history.slowClients()).containsExactly(1, 1);
    assertThat(history.closes()).isEqualTo(Map.of("client_gone", 2L));
    assertThat(history.rejections()).isEqualTo(Map.of("requests", 20L));
  }
}

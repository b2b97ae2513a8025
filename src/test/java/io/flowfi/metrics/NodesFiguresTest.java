package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.relay.RelayStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class NodesFiguresTest {
  private static Map<String, Double> read(RelayStatistics relay) {
    return PrometheusText.values(
        readings -> new NodesFigures(() -> 3, () -> Optional.ofNullable(relay)));
  }

  @Test
  void shouldShowWhatTheRelayHasDone() {
    assertThat(
            read(new RelayStatistics("redis", true, 70, 1, 2, 30, 4, 5, 6, OptionalLong.of(1500))))
        .containsEntry("flowfi_nodes", 3.0)
        .containsEntry("flowfi_relay_connected", 1.0)
        .containsEntry("flowfi_relay_lag_seconds", 0.0015)
        .containsEntry("flowfi_relay_sent_total", 70.0)
        .containsEntry("flowfi_relay_not_sent_total", 2.0)
        .containsEntry("flowfi_relay_received_total", 30.0)
        .containsEntry("flowfi_relay_foreign_total", 4.0)
        .containsEntry("flowfi_relay_unsigned_total", 5.0)
        .containsEntry("flowfi_relay_connects_total", 6.0);
  }

  @Test
  void shouldShowARelayThatHearsNothing() {
    assertThat(read(new RelayStatistics("redis", false, 0, 0, 9, 0, 0, 0, 0, OptionalLong.empty())))
        .containsEntry("flowfi_relay_connected", 0.0)
        .containsEntry("flowfi_relay_not_sent_total", 9.0)
        .doesNotContainKey("flowfi_relay_lag_seconds");
  }

  @Test
  void shouldShowNoRelayWhereThereIsNone() {
    assertThat(read(null).keySet()).contains("flowfi_nodes").noneMatch(n -> n.contains("relay"));
  }
}

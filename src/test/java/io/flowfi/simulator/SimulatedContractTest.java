package io.flowfi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedContractTest {
  @Test
  void shouldPlayAllThatTheContractDoes() {
    SimulatedChain chain = new SimulatedChain();
    try (SimulatedContract contract = new SimulatedContract(chain, 1)) {
      contract.play(20_000, 50);
    }

    List<PlacedEvent> events = chain.events();
    assertThat(events).hasSizeGreaterThanOrEqualTo(20_000);
    assertThat(events.stream().map(event -> event.event().name()).distinct().sorted())
        .containsExactly(
            "FlowFi",
            "admin_transferred",
            "allowance_stream_created",
            "emergency_guardian_updated",
            "fee_collected",
            "fee_config_updated",
            "hybrid_cliff_stream_created",
            "initialized",
            "protocol_pause_status",
            "state_migrated",
            "step_vesting_stream_created",
            "stream_cancelled",
            "stream_closed",
            "stream_completed",
            "stream_created",
            "stream_paused",
            "stream_rate_modified",
            "stream_resumed",
            "stream_topped_up",
            "tokens_withdrawn");
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).event().name().equals("stream_created")) {
        assertThat(events.get(i - 1).event().name()).isEqualTo("fee_collected");
        assertThat(events.get(i - 1).place().transaction())
            .isEqualTo(events.get(i).place().transaction());
      }
    }
    for (long id = 1; id < 500; id++) {
      chain.stream(BigInteger.valueOf(id))
          .ifPresent(
              stream ->
                  assertThat(stream.deposited().subtract(stream.withdrawn()).signum())
                      .isNotNegative());
    }
  }

  @Test
  void shouldPlayTheSameLifeForTheSameSeed() {
    assertThat(told(7)).isEqualTo(told(7)).isNotEqualTo(told(8));
  }

  private static List<String> told(long seed) {
    SimulatedChain chain = new SimulatedChain();
    try (SimulatedContract contract = new SimulatedContract(chain, seed)) {
      contract.play(500, 10);
    }
    return chain.events().stream()
        .map(event -> event.id() + " " + event.event().value().base64())
        .toList();
  }
}

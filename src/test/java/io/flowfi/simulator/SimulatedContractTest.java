package io.flowfi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.math.BigInteger;
import java.time.Duration;
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
            "contract_upgraded",
            "dispute_requested",
            "dispute_resolved",
            "emergency_guardian_updated",
            "executable_update",
            "fee_collected",
            "fee_config_updated",
            "hybrid_cliff_stream_created",
            "initialized",
            "milestone_condition_unlocked",
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

  @Test
  void shouldPlayAsManyEventsAsAreWanted() {
    SimulatedChain chain = new SimulatedChain();
    try (SimulatedContract contract = new SimulatedContract(chain, 7)) {
      contract.start(Duration.ofMillis(5), 50);
      await().until(() -> chain.latest() > chain.oldest() + 40);
      contract.rate(0);
      long quiet = chain.latest() + 1; // one may be on its way
      assertThat(chain.events().size() / (double) (quiet - chain.oldest())).isBetween(20.0, 90.0);
      await().until(() -> chain.latest() > quiet + 5);
      assertThat(chain.events()).noneMatch(event -> event.place().ledger() > quiet);
      assertThatIllegalArgumentException().isThrownBy(() -> contract.rate(10_001));
      assertThatIllegalArgumentException().isThrownBy(() -> contract.rate(-1));
    }
  }

  @Test
  void shouldTellAnotherStoryInAsManyLedgersAfterAReset() {
    SimulatedChain chain = new SimulatedChain();
    try (SimulatedContract contract = new SimulatedContract(chain, 7)) {
      contract.play(300, 10);
      SimulatedChain other = contract.reset();
      assertThat(other.latest()).isEqualTo(chain.latest());
      assertThat(other.contractId()).isEqualTo(chain.contractId());
      assertThat(other.passphrase()).isEqualTo(chain.passphrase());
      assertThat(told(other)).isNotEmpty().isNotEqualTo(told(chain));
      contract.play(10, 10);
      assertThat(other.latest()).isGreaterThan(chain.latest());
    }
  }

  private static List<String> told(long seed) {
    SimulatedChain chain = new SimulatedChain();
    try (SimulatedContract contract = new SimulatedContract(chain, seed)) {
      contract.play(500, 10);
    }
    return told(chain);
  }

  private static List<String> told(SimulatedChain chain) {
    return chain.events().stream()
        .map(event -> event.id() + " " + event.event().value().base64())
        .toList();
  }
}

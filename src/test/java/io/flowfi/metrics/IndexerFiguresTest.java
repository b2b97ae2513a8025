package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.indexer.ContractUpgrade;
import io.flowfi.indexer.Drift;
import io.flowfi.indexer.Fault;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.indexer.IndexerStatus.State;
import io.flowfi.indexer.ReconciliationStatus;
import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.payment.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class IndexerFiguresTest {
  private static final ReconciliationStatus AGREES =
      new ReconciliationStatus(
          false, Optional.empty(), Optional.empty(), 0, 0, 0, Optional.empty(), List.of());

  private static IndexerStatus status(State state) {
    return new IndexerStatus(
        state,
        state == State.FAULT ? Optional.of(new Fault.Gap(7, 9)) : Optional.empty(),
        Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), 900, 1000, 1)),
        Optional.of("https://rpc.example"),
        Optional.of("23.0.0"),
        OptionalLong.of(500),
        OptionalLong.of(470),
        true,
        Duration.ofSeconds(90),
        1,
        1,
        7,
        3,
        Map.of("after_end", 2L, "unknown_field", 3L),
        Map.of("a name\n\"of the contract", 4L),
        Optional.of(new ContractUpgrade(890, Instant.EPOCH, "0a", "0b")),
        state != State.STANDBY,
        Optional.empty(),
        Optional.empty(),
        List.of(
            new IndexerStatus.Source(
                "https://rpc.example",
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.of("does not answer"))));
  }

  private static Map<String, Double> read(State state) {
    return PrometheusText.values(
        readings ->
            new IndexerFigures(
                () -> Optional.of(status(state)),
                () -> Optional.of(AGREES),
                () -> Optional.of(new ChainCounts(5, 6, 8, Map.of())),
                readings));
  }

  @Test
  void shouldShowWhatAlertsLookAt() {
    assertThat(read(State.WAITING))
        .containsEntry("flowfi_figures_failed", 0.0)
        .containsEntry("flowfi_indexer_statewaiting", 1.0)
        .containsEntry("flowfi_indexer_statefollowing", 0.0)
        .containsEntry("flowfi_indexer_still_seconds", 90.0)
        .containsEntry("flowfi_indexer_fault", 0.0)
        .containsEntry("flowfi_indexer_ledger", 900.0)
        .containsEntry("flowfi_indexer_tip_ledger", 1000.0)
        .containsEntry("flowfi_indexer_lag_ledgers", 100.0)
        .containsEntry("flowfi_indexer_lag_seconds", 470.0)
        .containsEntry("flowfi_indexer_history_margin_ledgers", 401.0)
        .containsEntry("flowfi_indexer_history_margin_low", 1.0)
        .containsEntry("flowfi_indexer_contract_upgraded", 1.0)
        .containsEntry("flowfi_indexer_events_totalapplied", 7.0)
        .containsEntry("flowfi_indexer_events_totalknown", 3.0)
        .containsEntry("flowfi_indexer_anomalies_totalafter_end", 2.0)
        .containsEntry("flowfi_indexer_anomalies_totalunknown_field", 3.0)
        // a counter that begins with its first increment has none for Prometheus
        .containsEntry("flowfi_indexer_anomalies_totaloverdrawn", 0.0)
        .containsEntry("flowfi_indexer_anomalies_totalother_shape", 0.0)
        .containsEntry("flowfi_indexer_unknown_events_total", 4.0)
        .containsEntry("flowfi_indexer_sourcestroubled", 1.0)
        .containsEntry("flowfi_indexer_sourceswell", 0.0)
        .containsEntry("flowfi_indexer_drifting_streams", 0.0)
        .containsEntry("flowfi_indexer_unmodelled_streams", 5.0)
        .containsEntry("flowfi_indexer_unverified_streams", 6.0)
        .containsEntry("flowfi_indexer_quarantined_events", 8.0);
  }

  @Test
  void shouldCountTheStreamsThatDriftNow() {
    List<Drift> two =
        List.of(
            new Drift(new StreamId(7), Instant.EPOCH, 900, List.of()),
            new Drift(new StreamId(8), Instant.EPOCH, 901, List.of()));
    ReconciliationStatus drifts =
        new ReconciliationStatus(
            false, Optional.empty(), Optional.empty(), 30, 4, 5, Optional.empty(), two);
    assertThat(
            PrometheusText.values(
                readings ->
                    new IndexerFigures(
                        Optional::empty, () -> Optional.of(drifts), Optional::empty, readings)))
        .containsOnly(
            Map.entry("flowfi_indexer_drifting_streams", 2.0),
            Map.entry("flowfi_figures_failed", 0.0));
  }

  @Test
  void shouldShowAFault() {
    assertThat(read(State.FAULT))
        .containsEntry("flowfi_indexer_fault", 1.0)
        .containsEntry("flowfi_indexer_statefault", 1.0);
  }

  /** Another node reads the chain: this one stands still on purpose. */
  @Test
  void shouldRaiseNoAlarmOnANodeThatStandsBy() {
    assertThat(read(State.STANDBY))
        .containsEntry("flowfi_indexer_still_seconds", 0.0)
        .containsEntry("flowfi_indexer_contract_upgraded", 0.0)
        .containsEntry("flowfi_indexer_history_margin_low", 0.0);
  }
}

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
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexerFiguresTest {
  private static final ReconciliationStatus AGREES =
      new ReconciliationStatus(
          false, Optional.empty(), Optional.empty(), 0, 0, 0, Optional.empty(), List.of());

  private static IndexerStatus status(State state) {
    return status(state, "23.0.0");
  }

  private static IndexerStatus status(State state, String version) {
    return new IndexerStatus(
        state,
        state == State.FAULT ? Optional.of(new Fault.Gap(7, 9)) : Optional.empty(),
        Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), 900, 1000, 1)),
        Optional.of("https://rpc.example"),
        Optional.of(version),
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
        Optional.of(new IndexerStatus.Trouble(Instant.ofEpochMilli(1_500), "hung up")),
        Optional.of(new IndexerStatus.Replay(200, 250, 300, 1, 2, 0, true, Optional.empty())),
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
        .containsEntry("flowfi_indexer_first_ledger", 1.0)
        .containsEntry("flowfi_indexer_source_infohttps://rpc.example23.0.0", 1.0)
        .containsEntry("flowfi_indexer_last_error_timestamp_seconds", 1.5)
        .containsEntry("flowfi_indexer_replay_running", 1.0)
        .containsEntry("flowfi_indexer_replay_ledger", 250.0)
        .containsEntry("flowfi_indexer_replay_through_ledger", 300.0)
        .containsEntry("flowfi_indexer_sourcestroubled", 1.0)
        .containsEntry("flowfi_indexer_sourceswell", 0.0)
        .containsEntry("flowfi_indexer_drifting_streams", 0.0)
        .containsEntry("flowfi_indexer_unmodelled_streams", 5.0)
        .containsEntry("flowfi_indexer_unverified_streams", 6.0)
        .containsEntry("flowfi_indexer_quarantined_events", 8.0);
  }

  /** What {@code GET admin/indexer/status} tells: a new part of it needs a figure, or a reason. */
  @Test
  void shouldShowAllOfTheStatus() {
    String ofRates = "rate() of flowfi_indexer_events_total, and of flowfi_indexer_ledger";
    Map<String, String> shownAs =
        Map.ofEntries(
            Map.entry("state", "flowfi_indexer_statewaiting"),
            Map.entry("fault", "flowfi_indexer_fault"),
            Map.entry("cursor", "flowfi_indexer_ledger"),
            Map.entry("url", "flowfi_indexer_source_infohttps://rpc.example23.0.0"),
            Map.entry("version", "flowfi_indexer_source_infohttps://rpc.example23.0.0"),
            Map.entry("oldest", "flowfi_indexer_history_margin_ledgers"),
            Map.entry("lagSeconds", "flowfi_indexer_lag_seconds"),
            Map.entry("marginLow", "flowfi_indexer_history_margin_low"),
            Map.entry("standsStill", "flowfi_indexer_still_seconds"),
            Map.entry("eventsPerSecond", ofRates),
            Map.entry("ledgersPerSecond", ofRates),
            Map.entry("applied", "flowfi_indexer_events_totalapplied"),
            Map.entry("known", "flowfi_indexer_events_totalknown"),
            Map.entry("anomalies", "flowfi_indexer_anomalies_totalafter_end"),
            Map.entry("unknownNames", "flowfi_indexer_unknown_events_total"),
            Map.entry("upgrade", "flowfi_indexer_contract_upgraded"),
            Map.entry("upgradeAlarm", "flowfi_indexer_contract_upgraded"),
            Map.entry("lastError", "flowfi_indexer_last_error_timestamp_seconds"),
            Map.entry("replay", "flowfi_indexer_replay_ledger"),
            Map.entry("sources", "flowfi_indexer_sourcestroubled"));
    assertThat(shownAs.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(IndexerStatus.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList());
    assertThat(read(State.WAITING).keySet())
        .containsAll(shownAs.values().stream().filter(name -> name.startsWith("flowfi_")).toList());
  }

  /** A label of any text would have no bound. */
  @ParameterizedTest
  @ValueSource(strings = {"today's build", "23.0.0.0", "99999", ""})
  void shouldTakeOnlyANumberForTheVersionOfANode(String version) {
    IndexerStatus status = status(State.FOLLOWING, version);
    assertThat(
            PrometheusText.values(
                readings ->
                    new IndexerFigures(
                        () -> Optional.of(status), Optional::empty, Optional::empty, readings)))
        .containsKey("flowfi_indexer_source_infohttps://rpc.exampleunknown");
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

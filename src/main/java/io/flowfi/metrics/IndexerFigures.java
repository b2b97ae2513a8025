package io.flowfi.metrics;

import io.flowfi.indexer.IndexerStatus;
import io.flowfi.indexer.ReconciliationStatus;
import io.flowfi.ledger.ChainCounts;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The indexer of the chain. What the contract calls things is no label: anybody may deploy another
 * contract.
 */
public final class IndexerFigures implements Figures {
  private static final Pattern VERSION = Pattern.compile("v?[0-9]{1,4}(\\.[0-9]{1,4}){0,2}");

  private final Supplier<Optional<IndexerStatus>> indexer;
  private final Supplier<Optional<ReconciliationStatus>> reconciliation;
  private final LatestReading<Optional<ChainCounts>> counts;

  /**
   * @param indexer empty if no contract is followed
   * @param reconciliation empty if streams are not compared with the chain
   * @param counts what the store knows of the chain; empty if no contract is followed
   */
  public IndexerFigures(
      Supplier<Optional<IndexerStatus>> indexer,
      Supplier<Optional<ReconciliationStatus>> reconciliation,
      Supplier<Optional<ChainCounts>> counts,
      Exposition.Readings readings) {
    this.indexer = indexer;
    this.reconciliation = reconciliation;
    this.counts = readings.of(counts);
  }

  @Override
  public void writeTo(Sheet sheet) {
    indexer.get().ifPresent(now -> write(now, sheet));
    reconciliation
        .get()
        .ifPresent(
            now ->
                sheet.gauge(
                    "indexer_drifting_streams",
                    "Streams whose state is not what the contract stores",
                    now.drifts().size()));
    counts.value().flatMap(read -> read).ifPresent(now -> write(now, sheet));
  }

  private static void write(ChainCounts now, Sheet sheet) {
    sheet.gauge(
        "indexer_unmodelled_streams",
        "Streams of the chain that our rules do not describe: no amount is shown of them",
        now.unmodelled());
    sheet.gauge(
        "indexer_unverified_streams",
        "Streams of the chain of which something may have been missed",
        now.unverified());
    sheet.gauge(
        "indexer_quarantined_events",
        "Events of the chain that could not be read and were put aside",
        now.quarantined());
  }

  private static void write(IndexerStatus now, Sheet sheet) {
    boolean follows = now.state() != IndexerStatus.State.STANDBY;
    Map<String, Integer> states = new LinkedHashMap<>();
    for (IndexerStatus.State state : IndexerStatus.State.values()) {
      states.put(state.name().toLowerCase(Locale.ROOT), state == now.state() ? 1 : 0);
    }
    sheet.gauge("indexer_state", "1 for the state that the indexer is in", "state", states);
    sheet.gauge("indexer_fault", "1 while the indexer stands still at a fault", flag(now.fault()));
    sheet.gauge(
        "indexer_still_seconds",
        "How long no ledger was read; 0 while another node reads them",
        follows ? now.standsStill().toMillis() / 1e3 : 0);
    now.cursor()
        .ifPresent(
            cursor -> {
              sheet.gauge("indexer_ledger", "The last ledger that was read", cursor.scanned());
              sheet.gauge("indexer_tip_ledger", "The newest ledger of the chain", cursor.tip());
              sheet.gauge(
                  "indexer_first_ledger",
                  "The ledger from which on the history is known",
                  cursor.since());
            });
    now.lagLedgers()
        .ifPresent(
            lag ->
                sheet.gauge(
                    "indexer_lag_ledgers", "Ledgers of the chain that were not read yet", lag));
    now.lagSeconds()
        .ifPresent(
            lag ->
                sheet.gauge(
                    "indexer_lag_seconds", "How old the newest known ledger is, about", lag));
    now.margin()
        .ifPresent(
            margin ->
                sheet.gauge(
                    "indexer_history_margin_ledgers",
                    "Ledgers that the RPC node can forget until one is lost that was not read",
                    margin));
    sheet.gauge(
        "indexer_history_margin_low",
        "1 while less than a quarter of the RPC node's history is left until then",
        follows && now.marginLow() ? 1 : 0);
    sheet.gauge(
        "indexer_contract_upgraded",
        "1 for 24 hours after the contract's code was changed",
        now.upgradeAlarm() ? 1 : 0);
    sheet.counter(
        "indexer_events_total",
        "Events of the chain, by what became of them",
        "result",
        Map.of("applied", now.applied(), "known", now.known()));
    sheet.counter(
        "indexer_anomalies_total",
        "Facts of the chain that our own rules would not have expected, by kind",
        "kind",
        now.anomaliesOfEachKind());
    sheet.counter(
        "indexer_unknown_events_total",
        "Events of the contract that are published without being understood",
        sum(now.unknownNames()));
    long troubled = now.sources().stream().filter(source -> source.trouble().isPresent()).count();
    sheet.gauge(
        "indexer_sources",
        "RPC nodes, by whether they answer usefully",
        "state",
        Map.of("troubled", troubled, "well", now.sources().size() - troubled));
    now.url()
        .ifPresent(
            source ->
                sheet.info(
                    "indexer_source",
                    "The RPC node in use and what it calls its version",
                    Map.of("source", source, "version", version(now))));
    now.lastError()
        .ifPresent(
            error ->
                sheet.gauge(
                    "indexer_last_error_timestamp_seconds",
                    "When something went wrong last",
                    error.at().toEpochMilli() / 1e3));
    sheet.gauge(
        "indexer_replay_running",
        "1 while a part of the chain is read again",
        now.replay().map(replay -> replay.running() ? 1 : 0).orElse(0));
    now.replay().ifPresent(replay -> write(replay, sheet));
  }

  private static void write(IndexerStatus.Replay replay, Sheet sheet) {
    sheet.gauge("indexer_replay_ledger", "Up to which ledger it was read again", replay.at());
    sheet.gauge("indexer_replay_through_ledger", "Where the replay ends", replay.through());
  }

  /** What a node calls itself is its own text, and a label of any text would have no bound. */
  private static String version(IndexerStatus now) {
    return now.version().filter(text -> VERSION.matcher(text).matches()).orElse("unknown");
  }

  private static int flag(Optional<?> present) {
    return present.isPresent() ? 1 : 0;
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}

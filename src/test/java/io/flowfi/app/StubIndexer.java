package io.flowfi.app;

import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.ContractUpgrade;
import io.flowfi.indexer.Fault;
import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.IndexerRefusedException;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.indexer.SourceFixture;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stands still at a fault, takes ledgers from 5 on, and keeps what it was asked for. */
final class StubIndexer implements IndexerControl {
  static final String STOPPING = "{\"id\":\"0005302420000000001-0000000003\"}";
  static final String OTHER = "{\"id\":\"0005302420000000001-0000000004\"}";

  final List<String> asked = new ArrayList<>();
  Optional<ChainLease.Holder> followedBy = Optional.empty();

  @Override
  public IndexerStatus status() {
    return new IndexerStatus(
        IndexerStatus.State.FAULT,
        Optional.of(
            new Fault.Undecodable(
                "0005302420000000001-0000000003",
                new ChainPosition(120, 1, 0, 0),
                "a map ends after 3 bytes",
                Optional.empty())),
        Optional.of(
            new ChainCursor(
                Optional.of(new ChainPosition(119, 2, 0, 1)), Optional.of("token"), 119, 150, 80)),
        Optional.of("https://rpc.example.org"),
        Optional.of("28.0.1"),
        OptionalLong.of(100),
        OptionalLong.of(155),
        true,
        Duration.ofSeconds(61),
        12.345,
        0.2,
        41,
        3,
        Map.of("resumed_final", 2L),
        Map.of("dispute_requested", 1L),
        Optional.of(
            new ContractUpgrade(
                118, Instant.ofEpochSecond(1_799_999_000L), "0a".repeat(32), "0b".repeat(32))),
        true,
        Optional.of(new IndexerStatus.Trouble(Instant.ofEpochSecond(1_800_000_000L), "HTTP 503")),
        Optional.of(new IndexerStatus.Replay(90, 95, 119, 0, 12, 0, true, Optional.empty())),
        SourceFixture.ONE_IS_SILENT);
  }

  @Override
  public Optional<ChainLease.Holder> followedBy() {
    return followedBy;
  }

  private CompletionStage<IndexerStatus> answer(String ask, boolean possible) {
    asked.add(ask);
    return possible
        ? CompletableFuture.completedFuture(status())
        : CompletableFuture.failedFuture(new IndexerRefusedException("not possible: " + ask));
  }

  @Override
  public CompletionStage<IndexerStatus> reset(long ledger, boolean acceptGap) {
    return answer("reset " + ledger + " " + acceptGap, ledger >= 5);
  }

  @Override
  public CompletionStage<IndexerStatus> replay(long fromLedger) {
    return answer("replay " + fromLedger, fromLedger >= 5);
  }

  @Override
  public CompletionStage<IndexerStatus> cancelReplay() {
    return answer("cancel", true);
  }

  @Override
  public CompletionStage<IndexerStatus> quarantine(String event) {
    return answer("quarantine " + event, STOPPING.contains(event));
  }
}

package io.flowfi.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.indexer.ChainLog;
import io.flowfi.indexer.ContractUpgrade;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.ChainStop;
import io.flowfi.ledger.PutAside;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.query.HistoryQuery;
import io.flowfi.store.SqlStore;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The indexer's way to the log: the ledger writes, the store is read. */
final class LedgerChainLog implements ChainLog {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HistoryQuery LATEST_UPGRADE =
      new HistoryQuery(
          Optional.empty(),
          Optional.empty(),
          Set.of(EventType.PROTOCOL_CONTRACT_UPGRADED),
          Optional.empty(),
          Optional.empty(),
          false,
          1,
          0);

  private final StreamLedger ledger;
  private final SqlStore store;

  LedgerChainLog(StreamLedger ledger, SqlStore store) {
    this.ledger = ledger;
    this.store = store;
  }

  @Override
  public Optional<ChainCursor> cursor() {
    return store.chain().cursor();
  }

  @Override
  public Optional<ChainFault> fault() {
    return store.chain().fault();
  }

  @Override
  public CompletionStage<AppliedFacts> apply(ChainFacts facts) {
    return ledger.submit(facts);
  }

  @Override
  public CompletionStage<AppliedFacts> repair(ChainRepair repair) {
    return ledger.submit(repair);
  }

  @Override
  public CompletionStage<AppliedFacts> stop(ChainStop stop) {
    return ledger.submit(stop);
  }

  @Override
  public Optional<ContractUpgrade> latestUpgrade() {
    return store.history().page(LATEST_UPGRADE).events().stream()
        .findFirst()
        .map(LedgerChainLog::upgrade);
  }

  private static ContractUpgrade upgrade(LoggedEvent event) {
    try {
      JsonNode payload = JSON.readTree(event.payload());
      return new ContractUpgrade(
          payload.path("ledger").asLong(),
          Instant.ofEpochSecond(event.timestamp()),
          payload.path("oldWasm").asText(),
          payload.path("newWasm").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.position() + " cannot be read", e);
    }
  }

  @Override
  public List<PutAside> quarantined(int limit) {
    return store.chain().quarantined(limit);
  }

  @Override
  public Map<StreamId, PaymentStream> streams(Collection<StreamId> ids) {
    return store.chain().streams(ids);
  }

  @Override
  public List<PaymentStream> openStreams(Optional<StreamId> after, int limit) {
    return store.chain().openStreams(after, limit);
  }
}

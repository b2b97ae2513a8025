package io.flowfi.app;

import io.flowfi.indexer.ChainLog;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.ChainStop;
import io.flowfi.ledger.PutAside;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.store.SqlStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The indexer's way to the log: the ledger writes, the store is read. */
final class LedgerChainLog implements ChainLog {
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

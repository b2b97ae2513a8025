package io.flowfi.app;

import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.Indexer;
import io.flowfi.indexer.IndexerSettings;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.indexer.rpc.RpcSettings;
import io.flowfi.indexer.xdr.XdrEventDecoder;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.store.SqlStore;
import io.flowfi.time.Clocks;

/** What brings the events of a contract on chain into a ledger, and compares the two. */
record ChainParts(Indexer indexer, Reconciliation reconciliation) implements AutoCloseable {
  /**
   * @param node the id of this process
   */
  static ChainParts of(
      RpcSettings rpc,
      IndexerSettings settings,
      SqlStore store,
      StreamLedger ledger,
      String node,
      Clocks clock) {
    Indexer indexer =
        new Indexer(
            rpc.sources(clock),
            anomalies -> new XdrEventDecoder(rpc.contract(), anomalies),
            new LedgerChainLog(ledger, store),
            store
                .cluster()
                .<ChainLease>map(with -> new SharedLease(with.leases(), node))
                .orElseGet(ChainLease::alone),
            settings,
            clock);
    return new ChainParts(
        indexer,
        new Reconciliation(
            rpc.sources(clock),
            new XdrEventDecoder(rpc.contract(), oddity -> {}), // the indexer counts them
            new LedgerChainLog(ledger, store),
            new StreamEvents(store.history()),
            () -> isFollowing(indexer.status().state()),
            settings.reconcileInterval(),
            clock));
  }

  /** Of several nodes one does; while a fault stops it, nothing can be said of streams. */
  private static boolean isFollowing(IndexerStatus.State state) {
    return state == IndexerStatus.State.CATCHING_UP || state == IndexerStatus.State.FOLLOWING;
  }

  void start() {
    indexer.start();
    reconciliation.start();
  }

  @Override
  public void close() {
    reconciliation.close();
    indexer.close();
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.ChainStop;
import io.flowfi.ledger.PutAside;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The log as the indexer sees it. */
public interface ChainLog {
  /** How far the chain is known; empty if nothing of it is known. */
  Optional<ChainCursor> cursor();

  /** Why nobody follows the chain until an administrator resets the cursor, if that is so. */
  Optional<ChainFault> fault();

  /**
   * Hands facts to the ledger.
   *
   * @return completes when they are durable; exceptionally as {@code StreamLedger.submit} says
   */
  CompletionStage<AppliedFacts> apply(ChainFacts facts);

  /**
   * Hands the decision of an administrator to the ledger.
   *
   * @return as {@link #apply}
   */
  CompletionStage<AppliedFacts> repair(ChainRepair repair);

  /**
   * Hands a fault to the ledger that stops the reading of the chain.
   *
   * @return as {@link #apply}
   */
  CompletionStage<AppliedFacts> stop(ChainStop stop);

  /** The last change of the contract's code that is in the log; empty if there was none. */
  Optional<ContractUpgrade> latestUpgrade();

  /** Events that were put aside, in the chain's order. */
  List<PutAside> quarantined(int limit);

  /** Those streams that there are, of at most 1,000. */
  Map<StreamId, PaymentStream> streams(Collection<StreamId> ids);

  /**
   * Streams of the chain that are not final, by id.
   *
   * @param after exclusive; empty for the first
   */
  List<PaymentStream> openStreams(Optional<StreamId> after, int limit);
}

package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the store knows of the chain. Every method throws {@link
 * io.flowfi.log.LogUnavailableException} if the store cannot be read.
 */
public interface ChainRecords {
  /** How far the chain is known; empty if nothing of it is known. */
  Optional<ChainCursor> cursor();

  /** Why the chain is not followed until an administrator resets the cursor; empty if it is. */
  Optional<ChainFault> fault();

  /**
   * Those streams that there are.
   *
   * @param ids at most 1,000
   */
  Map<StreamId, PaymentStream> streams(Collection<StreamId> ids);

  /**
   * Streams of the chain that are not final, by id.
   *
   * @param after exclusive; empty for the first
   */
  List<PaymentStream> openStreams(Optional<StreamId> after, int limit);

  ChainCounts counts();

  /** Events that were put aside, in the chain's order. */
  List<PutAside> quarantined(int limit);

  /**
   * Events that we do not know, with their bytes, in the order of the log.
   *
   * @param name as the contract calls them
   * @param after exclusive
   */
  List<KnownFact> unknownEvents(String name, LogPosition after, int limit);
}

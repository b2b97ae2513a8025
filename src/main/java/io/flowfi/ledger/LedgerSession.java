package io.flowfi.ledger;

import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The store as the ledger's writer sees it: one transaction after the other. While one is open,
 * nobody else can write. Belongs to one thread.
 *
 * <p>Every method throws {@link StoreException} if the store fails. The session is of no use after
 * that, and nothing uncommitted is kept.
 */
public interface LedgerSession extends AutoCloseable {

  /** Begins a transaction: locks the end of the log, then reads these streams and keys. */
  LedgerState begin(Set<StreamId> streams, Set<StoredKey.Id> keys);

  /** Which ids from {@code from} on clients have taken, as far as one bounded read reaches. */
  TakenIds takenFrom(long from);

  /** The chain's cursor; empty if nothing of the chain is known. */
  Optional<ChainCursor> chainCursor();

  /** The stored fault that stops the reading of the chain, if there is one. */
  Optional<ChainFault> chainFault();

  /** The events of the chain that are in the log, of these ledgers (both inclusive). */
  List<KnownFact> knownFacts(long fromLedger, long toLedger);

  /** Commits the transaction: all changes are durable when this returns. */
  void commit(LedgerChanges changes);

  /**
   * Whether a transaction whose commit got no answer was kept. Waits until that transaction has
   * ended. No transaction may be open, and none is open afterwards.
   */
  boolean holds(LostCommitException lost);

  /** Ends the session and rolls back an open transaction. */
  @Override
  void close();
}

package io.flowfi.ledger;

import io.flowfi.payment.StreamId;
import java.util.Optional;
import java.util.Set;

/**
 * The store as the ledger's writer sees it: one transaction after the other. While one is open,
 * nobody else can write. Belongs to one thread.
 *
 * <p>Every method throws {@link StoreException} if the store fails. The session is of no use then;
 * what it has not committed is not there.
 */
public interface LedgerSession extends AutoCloseable {

  /** Begins a transaction: takes the end of the log, then reads what is asked for. */
  LedgerState begin(Set<StreamId> streams, Set<StoredKey.Id> keys);

  /** Which ids from {@code from} on clients have taken, as far as one bounded look reaches. */
  TakenIds takenFrom(long from);

  /** How far the chain is known; empty if nothing of it is. */
  Optional<ChainPosition> chainCursor();

  /** Ends the transaction: all of this is durable when it returns. */
  void commit(LedgerChanges changes);

  /** Gives the session up; a transaction that is open is undone. */
  @Override
  void close();
}

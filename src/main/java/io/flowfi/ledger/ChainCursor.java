package io.flowfi.ledger;

import java.util.Optional;

/**
 * How far the chain is known. It moves in the transaction that writes what was known from there,
 * and only from the value that its reader believed it to have.
 *
 * @param last the last event applied; empty if there was none
 * @param token where the RPC goes on: the cursor of an answer or the id of an event; empty before
 *     the first answer
 * @param scanned the last ledger that was read to its end
 * @param tip the newest ledger that the RPC had
 * @param since from which ledger on the history is known
 */
public record ChainCursor(
    Optional<ChainPosition> last, Optional<String> token, long scanned, long tip, long since) {
  public ChainCursor {
    if (scanned < 0 || tip < 0 || since < 0) {
      throw new IllegalArgumentException("a ledger's number is not negative");
    }
  }
}

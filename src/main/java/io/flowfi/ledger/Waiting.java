package io.flowfi.ledger;

import java.util.concurrent.CompletableFuture;

/**
 * An entry that waits to be written, and the future of its answer.
 *
 * @param since when it came, by {@link System#nanoTime}
 */
record Waiting<R>(LogEntry<R> entry, CompletableFuture<R> answer, long since) {

  /**
   * @throws StoreException if the store fails; any other failure is the answer
   */
  Answer<R> decide(LedgerBatch batch) {
    try {
      return new Answer<>(answer, entry.in(batch), null);
    } catch (StoreException e) {
      throw e;
    } catch (RuntimeException why) {
      // a rejection, or a command that cannot be decided: the store works, so the others go on
      return refused(why);
    }
  }

  /** Tells whoever watches the command that it is durable. */
  void committed(Answer<?> given) {
    if (entry instanceof CommandRequest request
        && given.receipt() instanceof Receipt receipt
        && !receipt.replayed()) {
      request.watch().committed(receipt);
    }
  }

  Answer<R> refused(RuntimeException why) {
    return new Answer<>(answer, null, why);
  }
}

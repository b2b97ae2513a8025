package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Hands facts to the log, each lot when the one before is durable. Any thread. */
final class Applying {
  private Applying() {}

  /**
   * Begins, and returns at once.
   *
   * @return what became of them; it ends early with the first that found the cursor elsewhere, and
   *     exceptionally with the first that failed: those before are durable then
   */
  static CompletableFuture<List<AppliedFacts>> begin(ChainLog log, List<ChainFacts> lots) {
    return from(0, log, lots, new ArrayList<>()).toCompletableFuture();
  }

  private static CompletionStage<List<AppliedFacts>> from(
      int next, ChainLog log, List<ChainFacts> lots, List<AppliedFacts> done) {
    if (next == lots.size()) {
      return CompletableFuture.completedFuture(done);
    }
    return log.apply(lots.get(next))
        .thenCompose(
            applied -> {
              done.add(applied);
              return applied.moved() || lots.get(next).next().isEmpty()
                  ? from(next + 1, log, lots, done)
                  : CompletableFuture.completedFuture(done);
            });
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Hands facts to the log. Any thread. */
final class Applying {
  private Applying() {}

  /**
   * Begins, and returns at once. Lots that move the cursor are handed over together, so that
   * several share a transaction; each counts only if the one before has moved the cursor to where
   * it expects it. Lots of a replay go one after the other.
   *
   * @return what became of them; it ends early with the first that found the cursor elsewhere, and
   *     exceptionally with the first that failed: those before are durable then, and none after it
   *     is applied. Nothing is being written when it completes.
   */
  static CompletableFuture<List<AppliedFacts>> begin(ChainLog log, List<ChainFacts> lots) {
    if (lots.stream().anyMatch(lot -> lot.next().isEmpty())) {
      return oneByOne(0, log, lots, new ArrayList<>()).toCompletableFuture();
    }
    List<CompletableFuture<AppliedFacts>> answers = new ArrayList<>(lots.size());
    for (ChainFacts lot : lots) {
      answers.add(log.apply(lot).toCompletableFuture());
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .handle((nothing, failure) -> null)
        .thenApply(any -> inOrder(answers));
  }

  private static List<AppliedFacts> inOrder(List<CompletableFuture<AppliedFacts>> answers) {
    List<AppliedFacts> done = new ArrayList<>(answers.size());
    for (CompletableFuture<AppliedFacts> answer : answers) {
      AppliedFacts applied = answer.join(); // completed; the first failure is that of all
      done.add(applied);
      if (!applied.moved()) {
        break;
      }
    }
    return done;
  }

  private static CompletionStage<List<AppliedFacts>> oneByOne(
      int next, ChainLog log, List<ChainFacts> lots, List<AppliedFacts> done) {
    if (next == lots.size()) {
      return CompletableFuture.completedFuture(done);
    }
    return log.apply(lots.get(next))
        .thenCompose(
            applied -> {
              done.add(applied);
              return oneByOne(next + 1, log, lots, done);
            });
  }
}

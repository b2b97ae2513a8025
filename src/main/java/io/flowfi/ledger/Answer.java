package io.flowfi.ledger;

import java.util.concurrent.CompletableFuture;

/** An answer that may be given once the batch is durable. */
record Answer<R>(CompletableFuture<R> future, R receipt, RuntimeException refusal) {
  void give() {
    if (refusal == null) {
      future.complete(receipt);
    } else {
      future.completeExceptionally(refusal);
    }
  }
}

package io.flowfi.web.admin;

import io.flowfi.indexer.IndexerRefusedException;
import io.flowfi.web.wire.ProblemException;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Answers of the indexer as those of the API. */
final class AdminAnswer {
  /** It comes to everything within 20 s. */
  private static final int PATIENCE_SECONDS = 25;

  private AdminAnswer() {}

  static <T> CompletionStage<Response> of(CompletionStage<T> asked, Function<T, Response> answer) {
    return asked
        .toCompletableFuture()
        .copy() // the indexer's own work has no end here
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .handle(
            (done, failure) -> {
              if (failure == null) {
                return answer.apply(done);
              }
              throw refusal(failure instanceof CompletionException ? failure.getCause() : failure);
            });
  }

  static RuntimeException refusal(Throwable failure) {
    if (failure instanceof IndexerRefusedException) {
      return ProblemException.of(409, failure.getMessage());
    }
    if (failure instanceof TimeoutException) {
      return ProblemException.later(
          503, "the indexer has not come to it yet; its status will tell what became of it", 5);
    }
    return failure instanceof RuntimeException other ? other : new CompletionException(failure);
  }

  static ProblemException noChain() {
    return ProblemException.of(
        404, "this server follows no contract on chain (STREAM_CONTRACT_ID)");
  }
}

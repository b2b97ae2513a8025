package io.flowfi.ledger;

import io.flowfi.threads.CallerRuns;
import io.flowfi.threads.DaemonThreads;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Gives answers on threads of its own: the next batch does not wait until these are written out.
 * Without a thread for it they are given at once: nobody else would ever give them.
 */
final class Answers {
  /** One thread gives up to this many: waking a second one would cost more. */
  private static final int FEW = 8;

  private final DaemonThreads threads = new DaemonThreads("ledger-answers");
  private final ExecutorService executor =
      Executors.newFixedThreadPool(
          Math.max(2, Runtime.getRuntime().availableProcessors() / 2), threads);

  /** Gives them on two threads if there are many. */
  void give(List<Answer<?>> given) {
    int half = given.size() > FEW ? given.size() / 2 : given.size();
    for (List<Answer<?>> part :
        List.of(given.subList(0, half), given.subList(half, given.size()))) {
      if (!part.isEmpty()) {
        CallerRuns.execute(executor, () -> part.forEach(Answer::give));
      }
    }
  }

  /** Gives the answers it has, then ends. */
  void end() {
    executor.shutdown();
  }

  /**
   * Waits until it has ended.
   *
   * @return whether that happened in time
   */
  boolean awaitEnd(long nanos) throws InterruptedException {
    boolean ended = executor.awaitTermination(nanos, TimeUnit.NANOSECONDS);
    if (ended) {
      threads.awaitEnd();
    }
    return ended;
  }
}

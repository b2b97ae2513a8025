package io.flowfi.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many threads that try the same thing at the same moment. */
public final class Race {
  private Race() {}

  /** How many of the runners got true. */
  public static int wins(int runners, Callable<Boolean> attempt) throws Exception {
    CyclicBarrier start = new CyclicBarrier(runners);
    ExecutorService threads = Executors.newFixedThreadPool(runners);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < runners; i++) {
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  return attempt.call();
                }));
      }
      int wins = 0;
      for (Future<Boolean> result : results) {
        wins += result.get() ? 1 : 0;
      }
      return wins;
    } finally {
      threads.shutdownNow();
    }
  }
}

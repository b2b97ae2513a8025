package io.flowfi.threads;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** For tasks that nobody else would ever run, such as giving an answer. */
public final class CallerRuns {
  private CallerRuns() {}

  /** Runs a task on an executor; at once if that has no thread for it, or has ended. */
  public static void execute(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      task.run();
    }
  }
}

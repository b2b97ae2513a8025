package io.flowfi.container.tomcat;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads of a connector, which refuses to lend one when told to. Any thread may call it. */
final class RefusingExecutor implements Executor, AutoCloseable {
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(0, 200, 10, TimeUnit.SECONDS, new SynchronousQueue<>());
  private volatile boolean refuses;

  @Override
  public void execute(Runnable task) {
    if (refuses) {
      throw new RejectedExecutionException("no thread is free");
    }
    threads.execute(task);
  }

  void refuse(boolean now) {
    refuses = now;
  }

  boolean areIdle() {
    return threads.getActiveCount() == 0;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

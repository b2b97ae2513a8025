package io.flowfi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One thread that waits for sockets and for the time of its next action. All state of a subclass
 * belongs to that thread; others use it through {@link #call}.
 */
abstract class SelectorLoop implements AutoCloseable {
  private static final long MILLISECOND = 1_000_000;

  final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;
  private volatile Throwable failure;

  SelectorLoop(String name) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  final void start() {
    thread.start();
  }

  /**
   * Runs everything that is due.
   *
   * @return the nanoseconds until something is due again, which may be waited at most
   */
  abstract long act() throws IOException;

  abstract void ready(SelectionKey key);

  private void run() {
    try {
      while (!closed) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        long wait = act();
        if (wait >= MILLISECOND) {
          selector.select(this::ready, wait / MILLISECOND);
        } else {
          // The selector cannot wait for less than a millisecond, and spinning would take the
          // server's CPU.
          if (wait > 0) {
            LockSupport.parkNanos(wait);
          }
          selector.selectNow(this::ready);
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    } finally {
      closed = true;
      tasks.forEach(Runnable::run); // no caller may wait for a loop that has ended
      closeSockets();
    }
  }

  private void closeSockets() {
    for (SelectionKey key : selector.keys()) {
      close(key);
    }
    try {
      selector.close();
    } catch (IOException e) {
      failure = e;
    }
  }

  /** Closes a socket; nothing can be done if that fails. */
  static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      key.cancel();
    }
  }

  /** Runs an action on the loop's thread and returns its result. */
  final <T> T call(Supplier<T> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    tasks.add(
        () -> {
          try {
            result.complete(action.get());
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    selector.wakeup();
    try {
      return result.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "the load generator's loop is stuck", failure != null ? failure : e);
    }
  }

  /** Ends the thread and closes all sockets. */
  @Override
  public final void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IllegalStateException("the load generator failed", failure);
    }
  }
}

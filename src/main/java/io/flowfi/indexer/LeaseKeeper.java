package io.flowfi.indexer;

import io.flowfi.threads.DaemonThreads;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lease, or waits for it, on a thread of its own: a call to an RPC node may take longer
 * than the lease lasts.
 */
final class LeaseKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  private final ChainLease lease;
  private final Runnable changed;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final DaemonThreads threads = new DaemonThreads("chain-lease");
  private volatile boolean held;
  private volatile Optional<ChainLease.Holder> other = Optional.empty();

  /**
   * @param changed told when the lease is gained or lost
   */
  LeaseKeeper(ChainLease lease, Runnable changed) {
    this.lease = lease;
    this.changed = changed;
  }

  void start() {
    threads.newThread(this::run).start();
  }

  /** Whether this node follows the chain. */
  boolean isHeld() {
    return held;
  }

  /**
   * The other node that followed the chain when it was last asked; empty if it is this one, or
   * unknown.
   */
  Optional<ChainLease.Holder> otherHolder() {
    return other;
  }

  private void run() {
    try {
      do {
        look();
      } while (!ended.await(ChainLease.BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS));
      lease.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.debug("the lease of the chain was not given back; it runs out", e);
    }
  }

  /** Takes the lease, or sees who has it. */
  void look() {
    boolean before = held;
    try {
      held = lease.hold();
      other = held ? Optional.empty() : lease.holder();
    } catch (RuntimeException | Error e) { // an error, too: nobody would start this thread again
      held = false;
      other = Optional.empty();
      if (before) {
        LOG.warn("the database does not say which node follows the chain; this one waits", e);
      }
    }
    if (held != before) {
      LOG.info(held ? "this node follows the chain" : "this node does not follow the chain");
      changed.run();
    }
  }

  /** Gives the lease back. */
  @Override
  public void close() {
    ended.countDown();
    threads.awaitEnd();
    held = false;
  }
}

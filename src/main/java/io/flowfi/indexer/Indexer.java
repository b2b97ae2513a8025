package io.flowfi.indexer;

import io.flowfi.health.HealthCheck;
import io.flowfi.threads.DaemonThreads;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the contract: the thread around {@link Pursuit}. It keeps the lease, carries out what
 * administrators ask for, waits, and outlives whatever goes wrong. A fault stops the reading of the
 * chain and nothing else of the node.
 */
public final class Indexer implements IndexerControl, HealthCheck, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);
  private static final int MOST_REQUESTS = 16;
  private static final Duration STANDBY_LOOK = Duration.ofSeconds(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** What an administrator asks for. */
  private interface Request {
    void carryOut() throws InterruptedException;
  }

  private final Pursuit pursuit;
  private final LeaseKeeper lease;
  private final BlockingQueue<Runnable> requests = new ArrayBlockingQueue<>(MOST_REQUESTS);
  private final DaemonThreads threads = new DaemonThreads("chain-indexer");
  private final Thread thread = threads.newThread(this::run);
  private volatile boolean closing;

  // Used by the thread only.
  private Duration pause = FIRST_PAUSE;

  /**
   * Nothing runs yet.
   *
   * @param sources the RPC nodes, in the order in which they are preferred; closed by this
   * @param decoder makes one that reports what is odd in what it reads, by kind
   * @param lease closed by this
   */
  public Indexer(
      List<ChainSource> sources,
      Function<Consumer<String>, EventDecoder> decoder,
      ChainLog log,
      ChainLease lease,
      IndexerSettings settings,
      Clocks clock) {
    this.pursuit = new Pursuit(sources, decoder, log, settings, clock);
    this.lease = new LeaseKeeper(lease, () -> requests.offer(() -> {}));
  }

  public void start() {
    lease.start();
    thread.start();
  }

  private void run() {
    try {
      while (!closing) {
        try {
          turn();
        } catch (Throwable e) {
          // there was not even the memory to say so; the thread lives on
          LockSupport.parkNanos(LONGEST_PAUSE.toNanos());
        }
      }
    } finally {
      pursuit.end();
    }
  }

  /** Whatever goes wrong in it, the next one begins at what the store holds. */
  private void turn() {
    try {
      Duration wait;
      if (lease.isHeld()) {
        wait = pursuit.step();
      } else {
        pursuit.standBy();
        wait = STANDBY_LOOK;
      }
      pause = FIRST_PAUSE;
      await(wait);
    } catch (InterruptedException e) {
      // closing; anything else that interrupts the thread means nothing
      LOG.debug("interrupted", e);
    } catch (Throwable e) {
      if (closing) {
        LOG.debug("stopped in the middle", e);
        return;
      }
      pursuit.failed(e);
      pauseAfterFailure();
    }
  }

  private void pauseAfterFailure() {
    try {
      await(pause);
    } catch (InterruptedException e) {
      LOG.debug("interrupted", e);
    }
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  /** Waits, but not while there is something to do for an administrator. */
  private void await(Duration wait) throws InterruptedException {
    Runnable request =
        wait.isZero()
            ? requests.poll()
            : requests.poll(Math.max(1, wait.toNanos()), TimeUnit.NANOSECONDS);
    if (request != null) {
      request.run();
      runWaiting();
    }
  }

  @Override
  public IndexerStatus status() {
    return pursuit.status();
  }

  @Override
  public Optional<ChainLease.Holder> followedBy() {
    return lease.otherHolder();
  }

  private IndexerRefusedException notHere() {
    return followedBy()
        .map(IndexerRefusedException::otherNode)
        .orElseGet(
            () ->
                new IndexerRefusedException(
                    "this node does not follow the chain at the moment; try again"));
  }

  @Override
  public CompletionStage<IndexerStatus> reset(long ledger, boolean acceptGap) {
    return request(() -> pursuit.reset(ledger, acceptGap));
  }

  @Override
  public CompletionStage<IndexerStatus> replay(long fromLedger) {
    return request(() -> pursuit.replay(fromLedger));
  }

  @Override
  public CompletionStage<IndexerStatus> cancelReplay() {
    return request(pursuit::cancelReplay);
  }

  @Override
  public CompletionStage<IndexerStatus> quarantine(String event) {
    return request(() -> pursuit.quarantine(event));
  }

  private CompletionStage<IndexerStatus> request(Request request) {
    CompletableFuture<IndexerStatus> answer = new CompletableFuture<>();
    Runnable carriedOut =
        () -> {
          try {
            if (closing) {
              throw stopping();
            }
            if (!lease.isHeld()) {
              throw notHere();
            }
            request.carryOut();
            answer.complete(pursuit.status());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.completeExceptionally(stopping());
          } catch (Throwable e) {
            answer.completeExceptionally(e);
          }
        };
    if (!requests.offer(carriedOut)) {
      answer.completeExceptionally(
          new IndexerRefusedException("too many requests to the indexer wait already"));
    } else if (closing) {
      runWaiting(); // there may be nobody any more who takes it
    }
    return answer;
  }

  private static IndexerRefusedException stopping() {
    return new IndexerRefusedException("the node is stopping");
  }

  /** A request that is run while this closes is refused. */
  private void runWaiting() {
    for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
      request.run();
    }
  }

  @Override
  public String name() {
    return "indexer";
  }

  /** The node serves on without the chain. */
  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  /** Nothing where the node stands by: its status then tells only how far the log is. */
  @Override
  public Optional<String> degraded() {
    IndexerStatus status = status();
    if (status.fault().isPresent()) {
      return Optional.of("the chain is not followed: " + status.fault().get().notice());
    }
    if (status.isStandingStill()) {
      return Optional.of(
          "no ledger of the chain was read for " + status.standsStill().toSeconds() + " s");
    }
    if (status.marginLow()) {
      return Optional.of("the RPC node will soon forget ledgers that were not read");
    }
    return status
        .upgrade()
        .filter(upgrade -> status.upgradeAlarm())
        .map(upgrade -> "the contract's code was changed in ledger " + upgrade.ledger());
  }

  /** Stops after what is being written. What administrators still wait for is refused. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    threads.awaitEnd();
    lease.close();
    runWaiting();
  }
}

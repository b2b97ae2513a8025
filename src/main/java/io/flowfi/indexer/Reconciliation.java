package io.flowfi.indexer;

import io.flowfi.health.HealthCheck;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.threads.DaemonThreads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the open streams of the chain with what the contract stores and with their own events, a
 * few at a time, again and again. It repairs nothing by itself: what drifts is told, and an
 * administrator decides. Streams of which something may have been missed are verified again when
 * they agree.
 *
 * <p>Any thread may call. A thread of its own goes round; another one does what administrators ask
 * for.
 */
public final class Reconciliation implements HealthCheck, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  /** Most that administrators may wait for at once. */
  private static final int MOST_ASKED = 16;

  /** A round works for at most a fifth of the time. */
  private static final int REST = 4;

  private static final String STOPPING = "the server is stopping";
  private static final long UNTIL_TOLD = 0;
  private static final long SHORTEST_REST_MILLIS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final StreamChecks checks;
  private final ChainLog log;
  private final BooleanSupplier follows;
  private final Optional<Duration> interval;
  private final InstantSource clock;
  private final DriftList drifts = new DriftList();
  private final DaemonThreads threads = new DaemonThreads("reconciliation");
  private final Thread rounds = threads.newThread(this::goRound);
  private final ThreadPoolExecutor asked =
      new ThreadPoolExecutor(
          1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_ASKED), threads);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean wanted = new AtomicBoolean();
  private volatile Round round = Round.NONE;

  private record Round(
      boolean running,
      Optional<Instant> began,
      Optional<Instant> ended,
      long compared,
      long later,
      Optional<String> error) {
    static final Round NONE =
        new Round(false, Optional.empty(), Optional.empty(), 0, 0, Optional.empty());

    Round begin(Instant now) {
      return new Round(true, Optional.of(now), ended, 0, 0, Optional.empty());
    }

    Round with(List<StreamCheck> more) {
      long late = more.stream().filter(check -> check.later().isPresent()).count();
      return new Round(
          true, began, ended, compared + more.size() - late, later + late, Optional.empty());
    }

    Round end(Optional<Instant> now, Optional<String> why) {
      return new Round(false, began, now.or(() -> ended), compared, later, why);
    }
  }

  /**
   * What a repair came to.
   *
   * @param changed false if there was nothing to repair
   * @param before the comparison before it
   */
  public record Repair(boolean changed, StreamCheck before) {}

  /**
   * Nothing runs yet.
   *
   * @param sources of its own; closed with it
   * @param ofEvents what the events of a stream make of it; empty if they are not all there
   * @param follows whether this node follows the chain: of several nodes only that one goes round
   * @param interval from the end of one round to the next; empty: only where it is asked for
   */
  public Reconciliation(
      List<ChainSource> sources,
      EventDecoder decoder,
      ChainLog log,
      Function<PaymentStream, Optional<PaymentStream>> ofEvents,
      BooleanSupplier follows,
      Optional<Duration> interval,
      InstantSource clock) {
    this.checks = new StreamChecks(sources, decoder, log, ofEvents);
    this.log = log;
    this.follows = follows;
    this.interval = interval;
    this.clock = clock;
  }

  public void start() {
    rounds.start();
  }

  public ReconciliationStatus status() {
    Round now = round;
    return new ReconciliationStatus(
        now.running(),
        now.began(),
        now.ended(),
        now.compared(),
        now.later(),
        drifts.found(),
        now.error(),
        drifts.all());
  }

  /** Begins a round soon, if none is under way. */
  public void compareAll() {
    synchronized (wanted) {
      wanted.set(true);
      wanted.notifyAll();
    }
  }

  /**
   * Compares one stream.
   *
   * @return completes with nothing if the log does not have it from the chain; exceptionally with
   *     {@link IndexerRefusedException} if it cannot be compared now
   */
  public CompletionStage<Optional<StreamCheck>> compare(StreamId stream) {
    return ask(() -> checked(List.of(stream)).stream().findFirst());
  }

  /**
   * Replaces what drifts by what the contract stores.
   *
   * @return as {@link #compare}; completes when it is durable
   */
  public CompletionStage<Optional<Repair>> repair(StreamId stream) {
    return ask(() -> checked(List.of(stream)).stream().findFirst().map(this::repaired));
  }

  private Repair repaired(StreamCheck before) {
    if (before.agrees()) {
      return new Repair(false, before);
    }
    if (before.later().isPresent()) {
      throw new IndexerRefusedException(before.later().get() + "; try again later");
    }
    if (before.entry().isEmpty()) {
      throw new IndexerRefusedException(
          "the contract stores nothing of it, so there is nothing to repair it with");
    }
    AppliedFacts applied =
        done(
            log.repair(new ChainRepair.Reconcile(before.entry().get(), before.stream().version())));
    if (!applied.moved()) {
      throw new IndexerRefusedException("the stream has changed meanwhile; try again");
    }
    drifts.settled(before.stream().id());
    return new Repair(true, before);
  }

  private <T> CompletionStage<T> ask(Supplier<T> about) {
    Question<T> question = new Question<>(about, new CompletableFuture<>());
    try {
      asked.execute(question);
    } catch (RejectedExecutionException e) {
      question.refuse(
          asked.isShutdown() ? STOPPING : "too many comparisons are under way; try again later");
    }
    return question.answer();
  }

  /** What an administrator waits for. */
  private record Question<T>(Supplier<T> about, CompletableFuture<T> answer) implements Runnable {
    @Override
    public void run() {
      try {
        answer.complete(about.get());
      } catch (ChainSourceException e) {
        refuse("no RPC node can answer: " + e.getMessage());
      } catch (RuntimeException | Error e) {
        answer.completeExceptionally(e);
      }
    }

    void refuse(String why) {
      answer.completeExceptionally(new IndexerRefusedException(why));
    }
  }

  /** Compares streams and draws the conclusions. */
  private List<StreamCheck> checked(List<StreamId> ids) {
    synchronized (checks) {
      List<StreamCheck> found = checks.of(ids);
      for (StreamCheck check : found) {
        if (!check.differences().isEmpty()) {
          drifts.found(
              new Drift(
                  check.stream().id(), clock.instant(), check.asOfLedger(), check.differences()));
        } else if (check.agrees()) {
          drifts.settled(check.stream().id());
        }
      }
      List<StreamId> sure =
          found.stream()
              .filter(check -> check.agrees() && check.entry().isPresent())
              .map(StreamCheck::stream)
              .filter(stream -> !stream.isVerified())
              .map(PaymentStream::id)
              .toList();
      if (!sure.isEmpty()) {
        done(log.repair(new ChainRepair.Verified(sure)));
      }
      return found;
    }
  }

  private static <T> T done(CompletionStage<T> asked) {
    try {
      return asked.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException why ? why : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the ledger does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void goRound() {
    try {
      while (ended.getCount() > 0) {
        synchronized (wanted) {
          if (!wanted.get()) {
            wanted.wait(interval.map(Duration::toMillis).orElse(UNTIL_TOLD));
          }
          wanted.set(false);
        }
        if (ended.getCount() > 0 && follows.getAsBoolean()) {
          oneRound();
        }
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    }
  }

  private void oneRound() throws InterruptedException {
    round = round.begin(clock.instant());
    try {
      Optional<StreamId> after = Optional.empty();
      do {
        long began = System.nanoTime();
        List<StreamId> ids =
            log.openStreams(after, StreamChecks.MOST).stream().map(PaymentStream::id).toList();
        round = round.with(checked(ids));
        after =
            ids.size() < StreamChecks.MOST
                ? Optional.empty()
                : Optional.of(ids.get(ids.size() - 1));
        long worked = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        if (after.isPresent()
            && ended.await(Math.max(SHORTEST_REST_MILLIS, REST * worked), TimeUnit.MILLISECONDS)) {
          return;
        }
      } while (after.isPresent());
      recheckDrifts();
      round = round.end(Optional.of(clock.instant()), Optional.empty());
    } catch (RuntimeException | Error e) {
      // tried again with the next round; the thread must not end
      LOG.warn("the streams of the chain could not all be compared: {}", e.getMessage());
      LOG.debug("the round ended early", e);
      round = round.end(Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /** Those that have ended since are not among the open ones. */
  private void recheckDrifts() {
    List<StreamId> ids = drifts.all().stream().map(Drift::stream).toList();
    for (int from = 0; from < ids.size(); from += StreamChecks.MOST) {
      checked(ids.subList(from, Math.min(ids.size(), from + StreamChecks.MOST)));
    }
  }

  @Override
  public String name() {
    return "reconciliation";
  }

  /** Nothing: a stream that drifts is for an administrator. */
  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  public Optional<String> degraded() {
    int size = drifts.size();
    return HealthCheck.trouble(
        size > 0, size + " streams are not as the contract has them; see the drift");
  }

  @Override
  public void close() {
    ended.countDown();
    compareAll();
    rounds.interrupt();
    // nobody else would answer those that still wait
    asked.shutdownNow().forEach(left -> ((Question<?>) left).refuse(STOPPING));
    threads.awaitEnd();
    synchronized (checks) {
      checks.close();
    }
  }
}

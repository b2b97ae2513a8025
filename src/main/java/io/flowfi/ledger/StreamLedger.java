package io.flowfi.ledger;

import io.flowfi.counts.Arrivals;
import io.flowfi.health.HealthCheck;
import io.flowfi.ledger.LedgerException.Busy;
import io.flowfi.ledger.LedgerException.Unavailable;
import io.flowfi.log.CommitListener;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.threads.DaemonThreads;
import io.flowfi.threads.RepeatedTask;
import io.flowfi.time.BelievedTime;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands and makes them durable: the only writer of streams and of the log.
 *
 * <p>One thread takes all waiting commands, decides them in order and writes them in one
 * transaction, so the disk sync is shared by all of them (group commit). Facts of the chain share
 * it too, as many as commands may wait for ({@link FactsAtOnce}). After the commit, and only then,
 * the listener gets the events in log order, and the callers get their answers on other threads.
 * Any thread may call {@link #submit}; it never blocks.
 *
 * <p>A store that hangs counts as failed. Every second another thread checks how long the running
 * transaction has taken, and fails its commands if it takes too long.
 *
 * <p>Long, because the writer, the watch and the closing decide together who gets which answer.
 */
public final class StreamLedger implements HealthCheck, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamLedger.class);
  private static final long IDLE_MILLIS = 1000;
  private static final long PURGE_INTERVAL_SECONDS = 60;

  /** The database may wait for a lock at each try; all tries together end before the watch acts. */
  private static final int MOST_TRIES = 3;

  private static final long MOST_MILLIS_BETWEEN_LOOKS = 1000;
  private static final long NANOS_BETWEEN_QUESTIONS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final String REFUSING = "the store does not accept writes at the moment";
  private static final String MAY_BE_RECORDED =
      "; the command may be recorded all the same: only a request with the same Idempotency-Key can"
          + " tell";
  private static final String NO_ANSWER = "the store does not answer" + MAY_BE_RECORDED;
  private static final String DIED = "the ledger has stopped" + MAY_BE_RECORDED;

  /** What the ledger is doing. CLOSED is final. */
  public enum State {
    ACCEPTING,
    /**
     * The store refuses writes, or hangs. Commands are refused or fail; the ledger keeps probing.
     */
    FAILING,
    CLOSED
  }

  /**
   * The transaction that the writer is working on.
   *
   * @param since its start, by {@link System#nanoTime}
   */
  private record UnderWay(List<Waiting<?>> batch, long since) {}

  private final LedgerStore store;
  private final CommitListener listener;
  private final Clocks clock;
  private final LedgerSettings settings;
  private final WaitingEntries queue;
  private final Answers answers = new Answers();
  private final Thread writer;
  private final DaemonThreads watchThreads = new DaemonThreads("ledger-watch");
  private final ScheduledExecutorService watch;
  private final RepeatedTask watching = new RepeatedTask("the ledger's watch", this::look);
  private final AtomicReference<State> state = new AtomicReference<>(State.ACCEPTING);
  private volatile boolean closing;

  /** The writer has ended by an error. */
  private volatile boolean died;

  /** Null between transactions. Guarded by this. */
  private UnderWay underWay;

  /** Its commands were answered by the watch; the writer may still be at it. Guarded by this. */
  private UnderWay givenUp;

  // Used by the writer thread only.
  private final LedgerCounts counts;
  private LedgerSession session;
  private LogPosition knownHead;
  private final BelievedTime time;
  private long lastPurge;
  private final FactsAtOnce factsAtOnce = new FactsAtOnce();

  /**
   * @param head where the log ends now
   */
  public StreamLedger(
      LedgerStore store,
      LogPosition head,
      CommitListener listener,
      Clocks clock,
      LedgerSettings settings) {
    this(store, head, listener, clock, settings, new Arrivals());
  }

  /**
   * @param arrivals gets the arrival of each command that is in the log
   */
  public StreamLedger(
      LedgerStore store,
      LogPosition head,
      CommitListener listener,
      Clocks clock,
      LedgerSettings settings,
      Arrivals arrivals) {
    this.counts = new LedgerCounts(arrivals);
    this.store = store;
    this.listener = listener;
    this.clock = clock;
    this.time = new BelievedTime(clock::nanos);
    this.settings = settings;
    this.queue = new WaitingEntries(settings.queueCapacity());
    this.knownHead = head;
    this.writer = new Thread(this::run, "ledger-writer");
    writer.setDaemon(true);
    this.watch = Executors.newSingleThreadScheduledExecutor(watchThreads);
  }

  /** Starts the threads; commands handed in before wait until then. */
  public void start() {
    writer.start();
    long interval = Math.min(MOST_MILLIS_BETWEEN_LOOKS, settings.writeTimeout().toMillis());
    watch.scheduleWithFixedDelay(watching, interval, interval, TimeUnit.MILLISECONDS);
  }

  /**
   * Submits a command, or facts of the chain. Commands of one thread keep their order, and so do
   * its entries from the chain; commands overtake these.
   *
   * @return completes when it is durable; exceptionally with {@link CommandRejectedException} if
   *     the state of the stream does not allow a command, {@link OtherChainException} if facts
   *     contradict what is known, {@link Busy} if too many commands wait or the ledger closes,
   *     {@link Unavailable} if the store fails or does not answer in time, and with any other
   *     exception if this command alone cannot be decided: it has changed nothing
   */
  public <R> CompletionStage<R> submit(LogEntry<R> entry) {
    Waiting<R> waiting = new Waiting<>(entry, new CompletableFuture<>(), System.nanoTime());
    if (closing) {
      refuse(waiting, new Busy("the server is stopping"));
    } else if (state() == State.FAILING) {
      refuse(waiting, new Unavailable(REFUSING, null));
    } else if (!queue.offer(waiting)) {
      refuse(waiting, new Busy("too many commands are waiting"));
    } else if (state() == State.CLOSED && queue.remove(waiting)) {
      // closed between the check and the offer: nobody will take it any more
      refuse(waiting, new Busy("the server is stopping"));
    }
    return waiting.answer();
  }

  private void refuse(Waiting<?> waiting, RuntimeException why) {
    counts.failed(1);
    waiting.answer().completeExceptionally(why);
  }

  public State state() {
    return state.get();
  }

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public Optional<String> trouble() {
    return HealthCheck.trouble(state() != State.ACCEPTING, "does not accept commands");
  }

  @Override
  public Optional<String> degraded() {
    return HealthCheck.trouble(
        watching.isFailing(), "cannot find out whether the store still answers");
  }

  /** Whether the writer thread has died. */
  @Override
  public boolean isBroken() {
    return state() == State.CLOSED;
  }

  /** Whether it has closed, and every command that it took was written or got its refusal. */
  public boolean hasWrittenAll() {
    return state() == State.CLOSED && !died;
  }

  /** Commands that wait to be written. */
  public int waiting() {
    return queue.size();
  }

  public LedgerStatistics statistics() {
    return counts.read(waiting(), settings.queueCapacity());
  }

  private void run() {
    List<Waiting<?>> batch = new ArrayList<>(settings.maxBatch());
    CommitDelay delay = new CommitDelay(LockSupport::parkNanos);
    try {
      while (!closing || queue.size() > 0) {
        if (queue.await(IDLE_MILLIS)) {
          delay.await();
          queue.take(batch, settings.maxBatch(), factsAtOnce.most());
          delay.took(batch.size());
          write(batch);
          batch.clear();
        } else if (state() == State.FAILING) {
          write(List.of());
        }
      }
    } catch (Throwable e) {
      LOG.error("the ledger's writer died; no command will be accepted any more", e);
      died = true;
      refuse(batch, new Unavailable(DIED, e));
      closing = true;
    } finally {
      end();
    }
  }

  private void end() {
    state.set(State.CLOSED);
    watch.shutdownNow();
    disconnect();
    refuseWaiting(new Busy("the server is stopping"));
    answers.end();
  }

  /** One transaction. An empty batch only probes the store. */
  private void write(List<Waiting<?>> batch) {
    List<Answer<?>> given = new ArrayList<>(batch.size());
    LedgerBatch decided;
    long begun = System.nanoTime();
    goesTo(new UnderWay(List.copyOf(batch), begun));
    try {
      decided = committed(batch, given);
    } catch (RuntimeException e) {
      if (isOneCommands(e) && !batch.isEmpty()) {
        apart(batch, e);
      } else {
        failed(batch, e);
      }
      return;
    } finally {
      goesTo(null);
    }
    counts.committed(batch, given, begun);
    tellWatches(batch, given);
    factsAtOnce.took(
        batch.stream().mapToInt(waiting -> waiting.entry().factCount()).sum(),
        System.nanoTime() - begun);
    List<LoggedEvent> events = decided.events();
    if (!events.isEmpty()) {
      knownHead = events.get(events.size() - 1).position();
      tell(events);
    }
    if (state.compareAndSet(State.FAILING, State.ACCEPTING)) {
      LOG.info("the store accepts writes again");
    }
    answers.give(given);
  }

  /**
   * Decides and commits a batch; again, a few times at most, if another transaction was in the way
   * or nothing of it was kept.
   */
  private LedgerBatch committed(List<Waiting<?>> batch, List<Answer<?>> given) {
    for (int tries = 1; ; tries++) {
      LedgerBatch decided = null;
      try {
        decided = decided(batch, given);
        commit(decided);
        return decided;
      } catch (LostCommitException e) {
        LOG.warn("the answer to a commit was lost; the store is asked whether it was kept", e);
        disconnect();
        if (isKept(e)) {
          return decided;
        }
        if (tries == MOST_TRIES) {
          throw new StoreException(StoreException.Kind.OUTAGE, "no commit gets an answer", e);
        }
      } catch (StoreException e) {
        if (e.kind() != StoreException.Kind.RETRY || tries == MOST_TRIES) {
          throw e;
        }
        LOG.warn("another transaction was in the way of this one; it is tried again", e);
        disconnect();
      }
      given.clear();
    }
  }

  private LedgerBatch decided(List<Waiting<?>> batch, List<Answer<?>> given) {
    if (session == null) {
      session = store.open();
    }
    LedgerBatch decided = new LedgerBatch(session, entries(batch), clock, time, settings);
    catchUpTo(decided.headBefore());
    for (Waiting<?> waiting : batch) {
      given.add(waiting.decide(decided));
    }
    return decided;
  }

  /**
   * Asks until the store answers, for half of the time that a transaction may take.
   *
   * @throws LostCommitException if the store does not answer by then
   */
  private boolean isKept(LostCommitException lost) {
    long deadline = System.nanoTime() + settings.writeTimeout().toNanos() / 2;
    while (true) {
      try {
        if (session == null) {
          session = store.open();
        }
        return session.holds(lost);
      } catch (StoreException e) {
        disconnect();
        if (System.nanoTime() - deadline >= 0) {
          lost.addSuppressed(e);
          throw lost;
        }
      }
      LockSupport.parkNanos(NANOS_BETWEEN_QUESTIONS);
    }
  }

  private static boolean isOneCommands(RuntimeException e) {
    return e instanceof StoreException failure && failure.kind() == StoreException.Kind.COMMAND;
  }

  /**
   * The store rejects the data of one of them: halving the batch finds it, and the others go on.
   */
  private void apart(List<Waiting<?>> batch, RuntimeException why) {
    disconnect();
    if (batch.size() == 1) {
      refuse(batch, new IllegalStateException("the store does not take this command", why));
      return;
    }
    write(batch.subList(0, batch.size() / 2));
    write(batch.subList(batch.size() / 2, batch.size()));
  }

  private static List<LogEntry<?>> entries(List<Waiting<?>> batch) {
    List<LogEntry<?>> entries = new ArrayList<>(batch.size());
    batch.forEach(waiting -> entries.add(waiting.entry()));
    return entries;
  }

  private static void tellWatches(List<Waiting<?>> batch, List<Answer<?>> given) {
    try {
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).committed(given.get(i));
      }
    } catch (RuntimeException e) {
      LOG.error("those who watch commands were not told that they are durable", e);
    }
  }

  // The events stay durable even if the listener fails: it finds the gap in the log by itself.
  private void tell(List<LoggedEvent> events) {
    try {
      listener.committed(events);
    } catch (RuntimeException e) {
      LOG.error("the listener failed on events from {} on", events.get(0).position(), e);
    }
  }

  /**
   * The log holds events that the listener does not know: from a commit whose answer was lost, or
   * from another writer. If it holds fewer than before, the database is an earlier state of itself:
   * what would be written now would have positions that clients have seen with other events.
   */
  private void catchUpTo(LogPosition head) {
    if (knownHead.isAfter(head)) {
      throw new StoreException(
          StoreException.Kind.OUTAGE,
          "the log ends at "
              + head
              + ", though it reached "
              + knownHead
              + " before: the database was set back; see \"Back up and restore\" in docs/scaling.md",
          null);
    }
    if (head.isAfter(knownHead)) {
      knownHead = head;
      listener.ring();
    }
  }

  private void commit(LedgerBatch decided) {
    boolean purge =
        decided.newKeys() > 0 || Math.abs(decided.now() - lastPurge) >= PURGE_INTERVAL_SECONDS;
    decided.commit(purge);
    if (purge) {
      lastPurge = decided.now();
    }
  }

  private void failed(List<Waiting<?>> batch, Exception cause) {
    if (state.compareAndSet(State.ACCEPTING, State.FAILING)) {
      LOG.error("the store refuses writes; commands fail until it works again", cause);
    }
    disconnect();
    if (!isGivenUp()) {
      refuse(
          batch,
          new Unavailable(cause instanceof LostCommitException ? NO_ANSWER : REFUSING, cause));
    }
    // Commands that came before the state changed would only fail one by one.
    refuseWaiting(new Unavailable(REFUSING, cause));
  }

  private void refuseWaiting(RuntimeException why) {
    refuse(queue.drain(), why);
  }

  // The watch changes the state only before or after this, and the writer's own change comes later.
  private synchronized void goesTo(UnderWay transaction) {
    underWay = transaction;
  }

  private synchronized boolean isGivenUp() {
    return underWay != null && underWay == givenUp;
  }

  /** Fails the commands of a transaction that takes too long. Runs on the watch's thread. */
  private synchronized void look() {
    UnderWay slow = underWay;
    if (slow == null || System.nanoTime() - slow.since() < settings.writeTimeout().toNanos()) {
      return;
    }
    if (state.compareAndSet(State.ACCEPTING, State.FAILING)) {
      Exception at = new Exception("where the writer stands");
      at.setStackTrace(writer.getStackTrace());
      LOG.error(
          "the store has not answered for {} s; commands fail until it does",
          settings.writeTimeout().toSeconds(),
          at);
    }
    if (!isGivenUp()) {
      refuse(slow.batch(), new Unavailable(NO_ANSWER, null));
      givenUp = slow; // once, however long it takes: they are counted
    }
    refuseWaiting(new Unavailable(REFUSING, null));
  }

  private void disconnect() {
    if (session != null) {
      try {
        session.close();
      } catch (StoreException e) {
        LOG.debug("closing the writer's session failed", e);
      }
      session = null;
    }
  }

  private void refuse(List<Waiting<?>> batch, RuntimeException why) {
    counts.failed(batch.size());
    List<Answer<?>> refusals = new ArrayList<>(batch.size());
    batch.forEach(waiting -> refusals.add(waiting.refused(why)));
    answers.give(refusals);
  }

  /**
   * Refuses new commands, writes those that wait, and stops.
   *
   * @param limit how long this may take; after that a store that hangs is abandoned, and its
   *     commands get no answer: only their idempotency keys can show whether they were recorded
   */
  public void close(Duration limit) {
    closing = true;
    if (writer.getState() == Thread.State.NEW) {
      end();
      return;
    }
    queue.close();
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      writer.join(Math.max(1, limit.toMillis()));
      if (writer.isAlive()) {
        LOG.warn("the store has not taken the last commands within {}", limit);
      } else if (!answers.awaitEnd(deadline - System.nanoTime())) {
        LOG.warn("the last commands are written, but not all answers were given within {}", limit);
      } else {
        watchThreads.awaitEnd();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(5));
  }
}

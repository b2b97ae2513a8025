package io.flowfi.indexer;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.OtherChainException;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the {@link Follower} says: asks the RPC nodes, decodes, and hands whole transactions to
 * the log. While one page is being written, the next one is fetched and decoded; never more than
 * that, so memory stays flat. After anything unexpected it begins again at the stored cursor.
 *
 * <p>For one thread, except {@link #status}.
 */
final class Pursuit {
  private static final Logger LOG = LoggerFactory.getLogger(Pursuit.class);

  /** The ledger gives an answer well before. */
  private static final long WRITE_SECONDS = 60;

  private static final int MOST_PUT_ASIDE = 10_000;
  private static final Duration HALTED_LOOK = Duration.ofSeconds(1);

  private final List<ChainSource> sources;
  private final EventDecoder decoder;
  private final ChainLog log;
  private final InstantSource clock;
  private final Follower follower;
  private final StreamsNotKnown streams;
  private final IndexerReport report;
  private boolean begun;
  private Optional<ChainCursor> haltedAt = Optional.empty();
  private Optional<Rereading> rereading = Optional.empty();

  /** How many nodes have failed to tell what the contract stores, since the last page. */
  private int entriesFailed;

  /** What is being written; null if nothing is. */
  private CompletableFuture<List<AppliedFacts>> writing;

  /** Which node has told what was written last; empty if another process has written it. */
  private Optional<String> teller = Optional.empty();

  Pursuit(
      List<ChainSource> sources,
      Function<Consumer<String>, EventDecoder> decoder,
      ChainLog log,
      IndexerSettings settings,
      InstantSource clock) {
    this.sources = List.copyOf(sources);
    this.report = new IndexerReport(clock);
    this.decoder = decoder.apply(report.counts()::anomaly);
    this.log = log;
    this.clock = clock;
    this.follower =
        new Follower(
            sources.stream().map(ChainSource::name).toList(),
            settings,
            clock,
            // the source of jitter, not of secrets
            ThreadLocalRandom.current());
    this.streams = new StreamsNotKnown(log, this.decoder);
  }

  /** Another node follows; this one only knows how far. */
  void standBy() {
    abandon();
    report.standby(log.cursor());
  }

  /**
   * One step.
   *
   * @return how long to wait before the next one
   */
  Duration step() throws InterruptedException {
    if (writing != null && writing.isDone()) {
      settle();
    }
    if (!begun) {
      begin();
    }
    Duration wait = reread(read());
    report.following(follower, rereading.map(Rereading::progress));
    return wait;
  }

  private void begin() throws InterruptedException {
    abandonWriting();
    Optional<ChainCursor> stored = log.cursor();
    log.quarantined(MOST_PUT_ASIDE).forEach(event -> follower.putAside(event.id()));
    follower.begin(stored);
    streams.forget();
    report.durable(stored);
    teller = Optional.empty();
    haltedAt = Optional.empty();
    begun = true;
  }

  /** Something went wrong outside of the rules. */
  void failed(Throwable failure) {
    LOG.error("the chain cannot be followed for now; nothing is lost", failure);
    report.trouble(failure.toString());
    abandon();
    report.waiting();
  }

  private void abandon() {
    begun = false;
  }

  /** Whatever has come of it, the stored cursor tells. */
  private void abandonWriting() throws InterruptedException {
    if (writing != null) {
      try {
        writing.get(WRITE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("what was being written was not", e);
      } finally {
        writing = null;
      }
    }
  }

  private Duration read() throws InterruptedException {
    Ask ask = follower.next();
    if (ask instanceof Ask.Pause pause) {
      settle();
      Duration left = Duration.between(clock.instant(), pause.until());
      return left.isNegative() ? Duration.ZERO : left;
    }
    if (ask instanceof Ask.Halt) {
      settle();
      return halted();
    }
    try {
      if (ask instanceof Ask.Health health) {
        follower.health(sources.get(health.source()).health());
      } else if (ask instanceof Ask.Check check) {
        check(sources.get(check.source()), check);
      } else if (ask instanceof Ask.Page page) {
        page(sources.get(page.source()), page);
      }
    } catch (ChainSourceException e) {
      report.trouble(follower.source().name + ": " + e.getMessage());
      LOG.debug("{} has not answered usefully", follower.source().name, e);
      follower.failed(e);
    }
    return Duration.ZERO;
  }

  /** An administrator may have moved the cursor through another node. */
  private Duration halted() {
    Optional<ChainCursor> stored = log.cursor();
    if (haltedAt.isEmpty()) {
      haltedAt = stored;
    } else if (!haltedAt.equals(stored)) {
      haltedAt = Optional.empty();
      begun = false;
      return Duration.ZERO;
    }
    return HALTED_LOOK;
  }

  private void page(ChainSource source, Ask.Page ask) throws InterruptedException {
    DecodedPage page = DecodedPage.of(fetched(source, ask.start(), ask.limit()), decoder);
    List<Slice> slices = follower.page(page);
    if (!slices.isEmpty()) {
      List<ChainFacts> lots = new ArrayList<>();
      for (Slice slice : slices) {
        lots.add(
            new ChainFacts(
                slice.expected(),
                found(slice.facts(), source),
                slice.facts(),
                Optional.of(slice.next())));
        tell(slice.facts());
      }
      if (settle()) {
        teller = Optional.of(source.name());
        writing = Applying.begin(log, lots);
      }
    }
    entriesFailed = 0;
  }

  private void tell(List<ChainFact> facts) {
    report.counts().countNames(facts);
    for (ChainFact fact : facts) {
      if (fact.fact() instanceof ProtocolFact.ContractUpgraded upgrade) {
        LOG.warn(
            "ALARM: the contract's code was changed in ledger {}, from {} to {}",
            fact.position().ledger(),
            upgrade.oldWasm(),
            upgrade.newWasm());
      }
    }
  }

  /** Some versions of the RPC do not tell in a page where their history begins. */
  private static EventPage fetched(ChainSource source, PageStart start, int limit) {
    EventPage page = source.events(start, limit);
    // asked afterwards: what it still has now, it had when it answered
    return page.oldestLedger().isPresent()
        ? page
        : new EventPage(
            page.events(),
            page.limit(),
            page.cursor(),
            page.latestLedger(),
            OptionalLong.of(source.health().oldestLedger()),
            page.latestCloseTime());
  }

  /**
   * What the contract stores of streams that are not known. If no node tells, their events alone
   * make their rows.
   */
  private List<StreamEntry> found(List<ChainFact> facts, ChainSource source) {
    Set<StreamId> unknown = streams.in(facts);
    if (unknown.isEmpty() || entriesFailed >= sources.size()) {
      return List.of();
    }
    try {
      return streams.entries(unknown, source);
    } catch (ChainSourceException e) {
      entriesFailed++;
      begun = false; // the page is read again, from the next node
      throw e;
    }
  }

  private void check(ChainSource source, Ask.Check ask) throws InterruptedException {
    settle();
    DecodedPage page = DecodedPage.of(fetched(source, ask.start(), ask.limit()), decoder);
    Optional<ReadEvent> event = follower.checked(page);
    if (event.isPresent()) {
      try {
        now(log.apply(Rereading.facts(List.of(), List.of(event.get().fact().orElseThrow()))));
      } catch (OtherChainException e) {
        refused(e);
      }
    }
  }

  /**
   * Waits until everything is durable that was handed to the log.
   *
   * @return whether all of it was applied; if not, it begins again at the stored cursor
   */
  private boolean settle() throws InterruptedException {
    if (writing == null) {
      return begun;
    }
    try {
      List<AppliedFacts> done = writing.get(WRITE_SECONDS, TimeUnit.SECONDS);
      done.forEach(report.counts()::add);
      AppliedFacts last = done.get(done.size() - 1);
      report.durable(last.cursor());
      if (!last.moved() && !last.cursor().equals(follower.cursor())) {
        LOG.info("another node has moved the cursor; going on from there");
        begun = false;
      }
    } catch (ExecutionException e) {
      refused(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the ledger does not answer", e);
    } finally {
      writing = null;
    }
    return begun;
  }

  private void refused(Throwable why) {
    if (!(why instanceof OtherChainException other)) {
      begun = false;
      throw new IllegalStateException("the ledger has not taken facts of the chain", why);
    }
    String event = EventIds.of(other.position());
    String url = follower.source().name;
    String difference = "the log has " + other.known() + ", the node " + other.told();
    boolean two = teller.isPresent() && !teller.get().equals(url);
    stop(
        two
            ? new Fault.Disagreement(event, teller.get(), url, difference)
            : new Fault.OtherChain(event, url, difference));
  }

  private void stop(Fault fault) {
    follower.stop(fault);
    haltedAt = log.cursor();
  }

  // ---- reading again

  private Duration reread(Duration wait) throws InterruptedException {
    if (rereading.isEmpty() || !rereading.get().isRunning()) {
      return wait;
    }
    Rereading run = rereading.get();
    ChainSource source = sources.get(follower.sources().indexOf(follower.source()));
    settle();
    try {
      DecodedPage page =
          DecodedPage.of(fetched(source, run.start(), FollowedSource.REREAD_LIMIT), decoder);
      List<ChainFacts> lots = new ArrayList<>();
      for (List<ChainFact> lot : run.page(page)) {
        lots.add(Rereading.facts(found(lot, source), lot));
      }
      run.applied(lots.isEmpty() ? List.of() : written(lots));
      return Duration.ZERO;
    } catch (ChainSourceException e) {
      if (e.kind() == Kind.OUT_OF_RANGE) {
        run.end(source.name() + " does not have these ledgers: " + e.getMessage());
      } else {
        run.failed(e.getMessage());
      }
    } catch (IllegalArgumentException e) {
      run.failed(source.name() + " gave a wrong answer: " + e.getMessage());
    } catch (OtherChainException e) {
      run.end(e.getMessage());
      refused(e);
    }
    return wait.compareTo(HALTED_LOOK) > 0 ? HALTED_LOOK : wait;
  }

  private List<AppliedFacts> written(List<ChainFacts> lots) throws InterruptedException {
    List<AppliedFacts> done = now(Applying.begin(log, lots));
    done.forEach(report.counts()::add);
    return done;
  }

  private static <T> T now(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(WRITE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OtherChainException other) {
        throw other;
      }
      throw new IllegalStateException("the ledger has not taken it", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the ledger does not answer", e);
    }
  }

  // ---- what administrators ask for

  void replay(long fromLedger) throws InterruptedException {
    atRest();
    ChainCursor cursor = report.cursor().orElse(null);
    if (cursor == null) {
      throw new IndexerRefusedException("nothing of the chain is known yet");
    }
    if (fromLedger < 1 || fromLedger > cursor.scanned()) {
      throw new IndexerRefusedException(
          "from_ledger must be from 1 to %d, the last ledger that was read"
              .formatted(cursor.scanned()));
    }
    OptionalLong oldest = follower.source().oldest;
    if (oldest.isPresent() && fromLedger < oldest.getAsLong()) {
      throw new IndexerRefusedException(
          "the RPC node has ledgers from %d on only".formatted(oldest.getAsLong()));
    }
    if (rereading.isPresent() && rereading.get().isRunning()) {
      throw new IndexerRefusedException("a replay is running; cancel it first");
    }
    rereading = Optional.of(new Rereading(fromLedger, cursor.scanned()));
    report.following(follower, rereading.map(Rereading::progress));
  }

  void cancelReplay() {
    rereading.filter(Rereading::isRunning).ifPresent(run -> run.end("cancelled"));
    report.following(follower, rereading.map(Rereading::progress));
  }

  void quarantine(String event) throws InterruptedException {
    atRest();
    Fault.Undecodable defect =
        follower
            .defect()
            .filter(stopped -> stopped.event().equals(event))
            .orElseThrow(
                () ->
                    new IndexerRefusedException(
                        follower
                            .defect()
                            .map(
                                stopped -> "the event that cannot be decoded is " + stopped.event())
                            .orElse("the indexer does not stand at an event it cannot decode")));
    ChainCursor cursor =
        log.cursor()
            .or(follower::cursor)
            .orElseThrow(() -> new IndexerRefusedException("nothing of the chain is known yet"));
    AppliedFacts done =
        now(
            log.repair(
                new ChainRepair.Quarantine(
                    log.cursor(),
                    cursor,
                    defect.position(),
                    defect.event(),
                    defect.cause(),
                    defect.stream())));
    refuseUnlessMoved(done);
    LOG.warn("event {} of the chain is put aside by an administrator", event);
    goOn();
  }

  void reset(long ledger, boolean acceptGap) throws InterruptedException {
    atRest();
    Optional<ChainCursor> stored = log.cursor();
    long scanned = stored.map(ChainCursor::scanned).orElse(ledger - 1);
    long tip = follower.newest().orElse(stored.map(ChainCursor::tip).orElse(ledger));
    if (ledger < 1 || ledger > tip + 1) {
      throw new IndexerRefusedException(
          "ledger must be from 1 to %d, the next one of the RPC nodes".formatted(tip + 1));
    }
    boolean broken = follower.fault().filter(Fault::isFinal).isPresent();
    boolean gap = stored.isPresent() && (broken || ledger > scanned + 1);
    long from = Math.min(ledger, scanned + 1);
    long to = Math.max(ledger - 1, Math.max(scanned, from));
    if (gap && !acceptGap) {
      throw new IndexerRefusedException(
          "the history of ledgers %d to %d would be incomplete; acceptGap must be true for that"
              .formatted(from, to));
    }
    ChainCursor next =
        new ChainCursor(
            Optional.empty(),
            Optional.empty(),
            ledger - 1,
            Math.max(tip, ledger - 1),
            Math.min(stored.map(ChainCursor::since).orElse(ledger), ledger));
    refuseUnlessMoved(
        now(
            gap
                ? log.repair(new ChainRepair.Gap(stored, next, from, to))
                : log.apply(new ChainFacts(stored, List.of(), List.of(), Optional.of(next)))));
    LOG.warn("an administrator has set the indexer to ledger {}, from {}", ledger, scanned + 1);
    goOn();
  }

  private void goOn() throws InterruptedException {
    follower.tryAtOnce();
    begin();
    report.following(follower, rereading.map(Rereading::progress));
  }

  /** Nothing is being written when this returns. */
  private void atRest() throws InterruptedException {
    settle();
    if (!begun) {
      begin();
    }
  }

  private static void refuseUnlessMoved(AppliedFacts done) {
    if (!done.moved()) {
      throw new IndexerRefusedException("the cursor has just moved; look at the status again");
    }
  }

  // ----

  IndexerStatus status() {
    return report.status();
  }

  /** The thread ends. */
  void end() {
    report.stopped();
    for (ChainSource source : sources) {
      try {
        source.close();
      } catch (RuntimeException e) {
        LOG.debug("an RPC client could not be closed", e);
      }
    }
  }
}

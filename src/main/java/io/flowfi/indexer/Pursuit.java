package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.OtherChainException;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamId;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the {@link Follower} says: asks the RPC nodes, decodes, and hands whole transactions to
 * the log. While up to three pages are being written, the next one is fetched and decoded; never
 * more than that, so memory stays flat. After anything unexpected it begins again at the stored
 * cursor.
 *
 * <p>For one thread, except {@link #status}.
 */
final class Pursuit {
  private static final Logger LOG = LoggerFactory.getLogger(Pursuit.class);

  /** Pages that are handed to the log while the next one is fetched. */
  private static final int MOST_UNDER_WAY = 3;

  private static final int MOST_PUT_ASIDE = 10_000;
  private static final Duration HALTED_LOOK = Duration.ofSeconds(1);

  private final List<ChainSource> sources;
  private final Pages pages;
  private final ChainLog log;
  private final Clocks clock;
  private final Follower follower;
  private final StreamsNotKnown streams;
  private final IndexerReport report;
  private final Writing writing;
  private final Replays replays;
  private final Repairs repairs;
  private final FaultRecord faults;
  private boolean begun;

  /** Whether the contract's code was changed by what is being written. */
  private boolean upgraded;

  /** How many nodes have failed to tell what the contract stores, since the last page. */
  private int entriesFailed;

  /** Which node has told what was written last; empty if another process has written it. */
  private Optional<String> teller = Optional.empty();

  Pursuit(
      List<ChainSource> sources,
      Function<Consumer<String>, EventDecoder> decoder,
      ChainLog log,
      IndexerSettings settings,
      Clocks clock) {
    this.sources = List.copyOf(sources);
    this.report = new IndexerReport(clock);
    this.pages = new Pages(decoder.apply(report.counts()::anomaly));
    this.log = log;
    this.clock = clock;
    this.follower =
        new Follower(
            sources.stream().map(ChainSource::name).toList(),
            settings,
            clock,
            // the source of jitter, not of secrets
            ThreadLocalRandom.current());
    this.streams = new StreamsNotKnown(log, pages.decoder());
    this.writing = new Writing(log);
    this.replays =
        new Replays(
            pages, log, this::found, report.counts(), this.sources, this.follower.sources(), clock);
    this.repairs = new Repairs(log, follower);
    this.faults = new FaultRecord(log);
  }

  /** Another node follows; this one only knows how far. */
  void standBy() {
    abandon();
    Optional<ChainCursor> stored = log.cursor();
    if (!stored.equals(report.cursor())) {
      follower.release(); // the other node has gone on, and knows better
    }
    report.standby(stored);
  }

  /**
   * One step.
   *
   * @return how long to wait before the next one
   */
  Duration step() throws InterruptedException {
    while (begun && writing.isOldestDone()) {
      settleOldest();
    }
    if (!begun) {
      begin();
    }
    Duration wait = reread(read());
    report.following(follower, replays.progress());
    return wait;
  }

  private void begin() throws InterruptedException {
    writing.abandon();
    Optional<ChainFault> fault = log.fault();
    Optional<ChainCursor> stored = log.cursor();
    log.quarantined(MOST_PUT_ASIDE).forEach(event -> follower.putAside(event.id()));
    Optional<Fault> found = follower.fault();
    follower.begin(stored);
    faults.atBeginning(fault, found).ifPresent(follower::stop);
    streams.forget();
    report.durable(stored);
    report.upgrade(log.latestUpgrade());
    upgraded = false;
    teller = Optional.empty();
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

  private Duration read() throws InterruptedException {
    Ask ask = follower.next();
    if (ask instanceof Ask.Pause pause) {
      settle(0);
      Duration left = Duration.between(clock.steadyInstant(), pause.until());
      return left.isNegative() ? Duration.ZERO : left;
    }
    if (ask instanceof Ask.Halt halt) {
      return settle(0) ? halted(follower.fault().orElse(halt.fault())) : Duration.ZERO;
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
      report.trouble(follower.asked().name + ": " + e.getMessage());
      LOG.debug("{} has not answered usefully", follower.asked().name, e);
      follower.failed(e);
    }
    return Duration.ZERO;
  }

  /** An administrator may have moved the cursor through another node. */
  private Duration halted(Fault fault) throws InterruptedException {
    if (faults.keep(fault, report.cursor())
        && log.cursor().equals(report.cursor())
        && faults.isUnchanged()) {
      return HALTED_LOOK;
    }
    follower.release();
    follower.sources().tryAtOnce();
    begun = false;
    return Duration.ZERO;
  }

  private void page(ChainSource source, Ask.Page ask) throws InterruptedException {
    DecodedPage page = pages.read(source, ask.start(), ask.limit());
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
      if (settle(MOST_UNDER_WAY - 1)) {
        writing.begin(source.name(), lots);
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
        upgraded = true;
      }
    }
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

  /** A page of the replay, if there is one. */
  private Duration reread(Duration wait) throws InterruptedException {
    if (!replays.isRunning()) {
      return wait;
    }
    settle(0);
    try {
      boolean more = replays.step();
      if (!replays.isRunning()) {
        report.upgrade(log.latestUpgrade());
      }
      if (more) {
        return Duration.ZERO;
      }
    } catch (OtherChainException e) {
      refused(e, replays.teller());
    }
    return wait.compareTo(HALTED_LOOK) > 0 ? HALTED_LOOK : wait;
  }

  private void check(ChainSource source, Ask.Check ask) throws InterruptedException {
    settle(0);
    DecodedPage page = pages.read(source, ask.start(), ask.limit());
    Optional<ReadEvent> event = follower.checked(page);
    if (event.isPresent()) {
      try {
        Writing.now(
            log.apply(Rereading.facts(List.of(), List.of(event.get().fact().orElseThrow()))));
      } catch (OtherChainException e) {
        refused(e, source.name());
      }
    }
  }

  /**
   * Waits until all but some pages are durable that were handed to the log.
   *
   * @param left how many may still be under way
   * @return whether all others were applied; if not, it begins again at the stored cursor
   */
  private boolean settle(int left) throws InterruptedException {
    while (begun && writing.pages() > left) {
      settleOldest();
    }
    return begun;
  }

  private void settleOldest() throws InterruptedException {
    Writing.Outcome outcome = writing.oldest();
    if (outcome.refused() != null) {
      writing.abandon(); // nothing of them counts
      refused(outcome.refused(), outcome.source());
      return;
    }
    List<AppliedFacts> done = outcome.applied();
    done.forEach(report.counts()::add);
    AppliedFacts last = done.get(done.size() - 1);
    report.durable(last.cursor());
    teller = Optional.of(outcome.source());
    if (upgraded) {
      report.upgrade(log.latestUpgrade());
      upgraded = writing.pages() > 0; // it may have come with a later page
    }
    if (!last.moved() && !last.cursor().equals(follower.cursor())) {
      LOG.info("another node has moved the cursor; going on from there");
      begun = false;
    }
  }

  private void refused(Throwable why, String url) {
    if (!(why instanceof OtherChainException other)) {
      begun = false;
      throw new IllegalStateException("the ledger has not taken facts of the chain", why);
    }
    String event = EventId.of(other.position()).toString();
    String difference = "the log has " + other.known() + ", the node " + other.told();
    boolean two = teller.isPresent() && !teller.get().equals(url);
    stop(
        two
            ? new Fault.Disagreement(event, teller.get(), url, difference)
            : new Fault.OtherChain(event, url, difference));
  }

  private void stop(Fault fault) {
    follower.stop(fault);
    report.durable(log.cursor()); // some of a page that was refused may be
  }

  // ---- what administrators ask for

  void replay(long fromLedger) throws InterruptedException {
    atRest();
    replays.begin(fromLedger, report.cursor());
    report.following(follower, replays.progress());
  }

  void cancelReplay() {
    replays.cancel();
    report.following(follower, replays.progress());
  }

  void quarantine(String event) throws InterruptedException {
    atRest();
    repairs.quarantine(event);
    goOn();
  }

  void reset(long ledger, boolean acceptGap) throws InterruptedException {
    atRest();
    repairs.reset(ledger, acceptGap);
    goOn();
  }

  private void goOn() throws InterruptedException {
    follower.sources().tryAtOnce();
    follower.release();
    begin();
    report.following(follower, replays.progress());
  }

  /** Nothing is being written when this returns. */
  private void atRest() throws InterruptedException {
    settle(0);
    if (!begun) {
      begin();
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

package io.flowfi.indexer;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.OtherChainException;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;

/**
 * Carries out what administrators want to be read again, a page at a time between the pages that
 * are read anyway. For one thread.
 */
final class Replays {
  /** So often what the contract stores is asked for before a page is written without it. */
  private static final int ENTRY_TRIES = 5;

  private final Pages pages;
  private final ChainLog log;
  private final BiFunction<List<ChainFact>, ChainSource, List<StreamEntry>> found;
  private final IndexerCounts counts;
  private final List<ChainSource> sources;
  private final FollowedSources nodes;
  private final Clocks clock;

  /** Between the tries of a page, whichever node they are made with. */
  private final BackOff backOff;

  private ChainSource teller;

  /** The latest one, also when it has ended. */
  private Optional<Rereading> latest = Optional.empty();

  /**
   * @param found what the contract stores of streams in these facts that are not known
   * @param sources in the order of the nodes
   * @param nodes which of them may be asked
   */
  Replays(
      Pages pages,
      ChainLog log,
      BiFunction<List<ChainFact>, ChainSource, List<StreamEntry>> found,
      IndexerCounts counts,
      List<ChainSource> sources,
      FollowedSources nodes,
      Clocks clock) {
    this.pages = pages;
    this.log = log;
    this.found = found;
    this.counts = counts;
    this.sources = sources;
    this.nodes = nodes;
    this.clock = clock;
    // the source of jitter, not of secrets
    this.backOff = new BackOff(clock::steadyInstant, ThreadLocalRandom.current());
  }

  boolean isRunning() {
    return latest.isPresent() && latest.get().isRunning();
  }

  Optional<IndexerStatus.Replay> progress() {
    return latest.map(Rereading::progress);
  }

  /**
   * @throws IndexerRefusedException if that cannot be read now
   */
  void begin(long fromLedger, Optional<ChainCursor> known) {
    ChainCursor cursor =
        known.orElseThrow(() -> new IndexerRefusedException("nothing of the chain is known yet"));
    if (fromLedger < 1 || fromLedger > cursor.scanned()) {
      throw new IndexerRefusedException(
          "from_ledger must be from 1 to %d, the last ledger that was read"
              .formatted(cursor.scanned()));
    }
    nodes
        .oldest()
        .filter(oldest -> fromLedger < oldest)
        .ifPresent(
            oldest -> {
              throw new IndexerRefusedException(
                  "the RPC nodes have ledgers from %d on only".formatted(oldest));
            });
    if (isRunning()) {
      throw new IndexerRefusedException("a replay is running; cancel it first");
    }
    backOff.succeeded();
    latest = Optional.of(new Rereading(fromLedger, cursor.scanned()));
  }

  void cancel() {
    latest.filter(Rereading::isRunning).ifPresent(run -> run.end("cancelled"));
  }

  /**
   * Reads the next page of the one that runs, or tries again what the last page has brought.
   * Nothing else is being written meanwhile.
   *
   * @return whether the next one may follow at once
   * @throws OtherChainException if the node contradicts the log; the replay has ended then
   */
  boolean step() throws InterruptedException {
    Rereading run = latest.orElseThrow();
    if (isLost(run)) {
      run.end("no RPC node has ledger %d any more".formatted(run.next()));
      return false;
    }
    Optional<FollowedSource> node =
        backOff.isDue() ? nodes.forReread(run.next(), clock.steadyInstant()) : Optional.empty();
    if (node.isEmpty()) {
      return false;
    }
    teller = sources.get(nodes.all().indexOf(node.get()));
    Instant asked = clock.steadyInstant();
    try {
      if (run.pending().isEmpty()) {
        DecodedPage page = pages.read(teller, run.start(), node.get().rereadLimit());
        run.page(page);
        node.get().rereadAnswered(page.page());
      }
      write(run);
      backOff.succeeded();
      return true;
    } catch (ChainSourceException e) {
      failed(run, node.get(), e, asked);
    } catch (IllegalArgumentException e) {
      String wrong = "a wrong answer: " + e.getMessage();
      failed(run, node.get(), ChainSourceException.of(Kind.UNUSABLE, wrong, e), asked);
    } catch (OtherChainException e) {
      run.end(e.getMessage());
      throw e;
    } catch (IllegalStateException e) {
      run.failed(e.getMessage()); // it is the log's trouble; what is pending is kept for it
      throw e;
    }
    return false;
  }

  private void write(Rereading run) throws InterruptedException {
    List<ChainFacts> lots = new ArrayList<>();
    for (List<ChainFact> lot : run.pending()) {
      // if no node tells what the contract stores, the events alone make the rows
      boolean told = run.failures() < ENTRY_TRIES;
      lots.add(Rereading.facts(told ? found.apply(lot, teller) : List.of(), lot));
    }
    List<AppliedFacts> done = lots.isEmpty() ? List.of() : Writing.now(Applying.begin(log, lots));
    done.forEach(counts::add);
    run.applied(done);
  }

  private void failed(
      Rereading run, FollowedSource node, ChainSourceException failure, Instant asked) {
    Instant now = clock.steadyInstant();
    node.rereadFailed(failure, Duration.between(asked, now), now);
    backOff.failed(Optional.empty()); // what the node has asked for is kept with the node
    run.failed(teller.name() + ": " + failure.getMessage());
  }

  private boolean isLost(Rereading run) {
    return nodes.all().stream().noneMatch(node -> node.mayHave(run.next()));
  }

  /** Whose answer the latest step was about. */
  String teller() {
    return teller.name();
  }
}

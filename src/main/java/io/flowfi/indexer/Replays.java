package io.flowfi.indexer;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.OtherChainException;
import io.flowfi.ledger.StreamEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;

/**
 * Carries out what administrators want to be read again, a page at a time between the pages that
 * are read anyway. For one thread.
 */
final class Replays {
  private final Pages pages;
  private final ChainLog log;
  private final BiFunction<List<ChainFact>, ChainSource, List<StreamEntry>> found;
  private final IndexerCounts counts;

  /** The latest one, also when it has ended. */
  private Optional<Rereading> latest = Optional.empty();

  /**
   * @param found what the contract stores of streams in these facts that are not known
   */
  Replays(
      Pages pages,
      ChainLog log,
      BiFunction<List<ChainFact>, ChainSource, List<StreamEntry>> found,
      IndexerCounts counts) {
    this.pages = pages;
    this.log = log;
    this.found = found;
    this.counts = counts;
  }

  boolean isRunning() {
    return latest.isPresent() && latest.get().isRunning();
  }

  Optional<IndexerStatus.Replay> progress() {
    return latest.map(Rereading::progress);
  }

  /**
   * @param oldest ledger of the node in use, if it has told
   * @throws IndexerRefusedException if that cannot be read now
   */
  void begin(long fromLedger, Optional<ChainCursor> known, OptionalLong oldest) {
    ChainCursor cursor =
        known.orElseThrow(() -> new IndexerRefusedException("nothing of the chain is known yet"));
    if (fromLedger < 1 || fromLedger > cursor.scanned()) {
      throw new IndexerRefusedException(
          "from_ledger must be from 1 to %d, the last ledger that was read"
              .formatted(cursor.scanned()));
    }
    if (oldest.isPresent() && fromLedger < oldest.getAsLong()) {
      throw new IndexerRefusedException(
          "the RPC node has ledgers from %d on only".formatted(oldest.getAsLong()));
    }
    if (isRunning()) {
      throw new IndexerRefusedException("a replay is running; cancel it first");
    }
    latest = Optional.of(new Rereading(fromLedger, cursor.scanned()));
  }

  void cancel() {
    latest.filter(Rereading::isRunning).ifPresent(run -> run.end("cancelled"));
  }

  /**
   * Reads the next page of the one that runs. Nothing else is being written meanwhile.
   *
   * @return whether the next one may follow at once
   * @throws OtherChainException if the node contradicts the log; the replay has ended then
   */
  boolean step(ChainSource source) throws InterruptedException {
    Rereading run = latest.orElseThrow();
    try {
      DecodedPage page = pages.read(source, run.start(), FollowedSource.REREAD_LIMIT);
      List<ChainFacts> lots = new ArrayList<>();
      for (List<ChainFact> lot : run.page(page)) {
        lots.add(Rereading.facts(found.apply(lot, source), lot));
      }
      List<AppliedFacts> done = lots.isEmpty() ? List.of() : Writing.now(Applying.begin(log, lots));
      done.forEach(counts::add);
      run.applied(done);
      return true;
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
      throw e;
    }
    return false;
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.StreamEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a part of the chain again: what was missing in the log is added, and the cursor stays.
 * Events that cannot be decoded are left out and counted. For one thread.
 */
final class Rereading {
  private static final int MOST_FAILURES = 20;

  private final long from;
  private final long through;
  private final Transactions transactions = new Transactions();
  private List<List<ChainFact>> pending = List.of();
  private Optional<String> token = Optional.empty();
  private long at;
  private long applied;
  private long known;
  private long unreadable;
  private int failures;
  private boolean running = true;
  private Optional<String> error = Optional.empty();

  /**
   * @param through the last ledger to read
   */
  Rereading(long from, long through) {
    this.from = from;
    this.through = through;
    this.at = from - 1;
  }

  boolean isRunning() {
    return running;
  }

  PageStart start() {
    return transactions
        .readThrough()
        .or(() -> token)
        .<PageStart>map(PageStart.Behind::new)
        .orElseGet(() -> new PageStart.AtLedger(from));
  }

  /** The ledger that is read next. */
  long next() {
    return Math.min(at + 1, through);
  }

  /**
   * The answer to a page: what it has brought is {@link #pending}. If it throws, nothing has
   * changed.
   *
   * @throws IllegalArgumentException if the answer contradicts itself
   * @throws ChainSourceException if the node has lost what was asked for, and does not say so
   */
  void page(DecodedPage answer) {
    EventPage page = answer.page();
    Optional<ReadEvent> lastOfFull =
        page.isFull()
            ? Optional.of(answer.events().get(answer.events().size() - 1))
            : Optional.empty();
    long end = checkedEnd(page, lastOfFull);
    List<ReadEvent> readable = new ArrayList<>();
    for (ReadEvent event : answer.events()) {
      if (event.position().ledger() > through) {
        continue; // the cursor's own reading brings it
      }
      if (event.fact().isPresent()) {
        readable.add(event);
      } else {
        unreadable++;
      }
    }
    transactions.add("", readable, -1);
    // an event of a later ledger shows that the last transaction is complete, too
    pending = lots(transactions.take(!page.isFull() || end >= through));
    transactions.pageEnded(lastOfFull);
    if (!page.isFull()) {
      token = Optional.of(page.cursor());
    }
    at = Math.min(end, through);
    failures = 0;
  }

  /** The last ledger that is read to its end with this page. */
  private long checkedEnd(EventPage page, Optional<ReadEvent> lastOfFull) {
    long oldest = page.oldestLedger().orElse(0);
    if (oldest > at + 1) { // some versions answer an empty page instead of an error
      throw ChainSourceException.outOfRange(
          "its oldest ledger is " + oldest, oldest, page.latestLedger());
    }
    if (transactions.isTooLong()) {
      throw new IllegalArgumentException("a transaction that never ends");
    }
    if (lastOfFull.isPresent()) {
      ChainPosition last = lastOfFull.get().position();
      if (!transactions.isNews(last, Optional.empty())) {
        throw new IllegalArgumentException("the same events again");
      }
      return Math.max(at, last.ledger() - 1);
    }
    long end = EventId.parse(page.cursor()).ledger();
    if (end <= at && end < through) {
      throw new IllegalArgumentException("the node does not go on behind ledger " + at);
    }
    return end;
  }

  /** Whole transactions of the last page, in lots, until they are {@link #applied}. */
  List<List<ChainFact>> pending() {
    return pending;
  }

  private static List<List<ChainFact>> lots(List<List<ReadEvent>> whole) {
    List<List<ChainFact>> lots = new ArrayList<>();
    List<ChainFact> lot = new ArrayList<>();
    for (List<ReadEvent> transaction : whole) {
      transaction.forEach(event -> lot.add(event.fact().orElseThrow()));
      if (lot.size() >= Slices.ENOUGH) {
        lots.add(CreationsFirst.of(lot));
        lot.clear();
      }
    }
    if (!lot.isEmpty()) {
      lots.add(CreationsFirst.of(lot));
    }
    return lots;
  }

  static ChainFacts facts(List<StreamEntry> found, List<ChainFact> lot) {
    return new ChainFacts(Optional.empty(), found, lot, Optional.empty());
  }

  /** What was pending is in the log. */
  void applied(List<AppliedFacts> all) {
    pending = List.of();
    for (AppliedFacts facts : all) {
      applied += facts.applied();
      known += facts.known();
    }
    if (at >= through) {
      running = false;
    }
  }

  /** How often in a row a page, or what belongs to the pending one, did not come. */
  int failures() {
    return failures;
  }

  /** A page did not come; it is asked for again, some times. */
  void failed(String why) {
    if (++failures >= MOST_FAILURES) {
      end(why);
    }
  }

  void end(String why) {
    running = false;
    error = Optional.of(why);
  }

  IndexerStatus.Replay progress() {
    return new IndexerStatus.Replay(from, at, through, applied, known, unreadable, running, error);
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
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

  /**
   * The answer to a page.
   *
   * @return whole transactions to apply, in lots
   * @throws IllegalArgumentException if the answer contradicts itself
   */
  List<List<ChainFact>> page(DecodedPage answer) {
    EventPage page = answer.page();
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
    List<List<ChainFact>> lots = lots(transactions.take(!page.isFull()));
    if (page.isFull()) {
      ReadEvent last = answer.events().get(answer.events().size() - 1);
      if (!transactions.isNews(last.position(), Optional.empty())) {
        throw new IllegalArgumentException("the same events again");
      }
      transactions.pageEnded(Optional.of(last));
      at = Math.max(at, last.position().ledger() - 1);
    } else {
      long end = EventId.parse(page.cursor()).ledger();
      if (end <= at && end < through) {
        throw new IllegalArgumentException("the node does not go on behind ledger " + at);
      }
      transactions.pageEnded(Optional.empty());
      token = Optional.of(page.cursor());
      at = end;
    }
    at = Math.min(at, through);
    failures = 0;
    return lots;
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

  void applied(List<AppliedFacts> all) {
    for (AppliedFacts facts : all) {
      applied += facts.applied();
      known += facts.known();
    }
    if (at >= through) {
      running = false;
    }
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

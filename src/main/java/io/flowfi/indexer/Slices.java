package io.flowfi.indexer;

import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts what one page has brought into slices: a transaction of the store must be short, because the
 * commands of clients wait for it. Each slice moves the cursor to its end. For one thread.
 */
final class Slices {
  /** Facts in a slice, unless one transaction of the chain has more. */
  static final int ENOUGH = 250;

  private final List<Slice> slices = new ArrayList<>();
  private final long tip;
  private final List<ChainFact> facts = new ArrayList<>();
  private Optional<ChainCursor> expected;
  private ChainCursor cursor;

  /**
   * @param stored what is in the store
   * @param cursor where the page began
   */
  Slices(Optional<ChainCursor> stored, ChainCursor cursor, long tip) {
    this.expected = stored;
    this.cursor = cursor;
    this.tip = tip;
  }

  /** Adds a whole transaction. */
  void add(List<ReadEvent> transaction) {
    if (facts.size() + transaction.size() > ENOUGH && !facts.isEmpty()) {
      cut();
    }
    transaction.forEach(event -> facts.add(event.fact().orElseThrow()));
    ReadEvent last = transaction.get(transaction.size() - 1);
    ChainPosition position = last.position();
    if (cursor.last().isEmpty() || position.isAfter(cursor.last().get())) {
      cursor =
          new ChainCursor(
              Optional.of(position),
              Optional.of(last.id()),
              Math.max(cursor.scanned(), position.ledger() - 1),
              cursor.tip(),
              cursor.since());
    }
  }

  /** The page ends with its last event. */
  void end() {
    if (!facts.isEmpty()) {
      cut();
    }
  }

  /**
   * The page ends behind its last event.
   *
   * @param token where the RPC goes on
   * @param scanned the last ledger that was read to its end
   */
  void end(String token, long scanned) {
    ChainCursor through =
        new ChainCursor(cursor.last(), Optional.of(token), scanned, tip, cursor.since());
    boolean news = !facts.isEmpty() || !expected.equals(Optional.of(through));
    cursor = through;
    if (news) {
      cut();
    }
  }

  private void cut() {
    cursor = new ChainCursor(cursor.last(), cursor.token(), cursor.scanned(), tip, cursor.since());
    slices.add(new Slice(expected, CreationsFirst.of(facts), cursor));
    expected = Optional.of(cursor);
    facts.clear();
  }

  List<Slice> all() {
    return slices;
  }

  /** The cursor after all of them. */
  ChainCursor next() {
    return cursor;
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainPosition;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How far the chain is read: the cursor, what is stored of it, and what was read beyond it and is
 * not whole yet. It says where to read on and what an answer has brought, and knows nothing of the
 * nodes that answer. For one thread.
 */
final class ChainReading {
  /**
   * What a page has brought.
   *
   * @param slices what goes into the log now, in order
   * @param moved whether the cursor has
   * @param defect the first event that cannot be decoded: nothing from its transaction on is read
   */
  record Advance(List<Slice> slices, boolean moved, Optional<ReadEvent> defect) {}

  /** Where the history begins; empty if the nodes are to say. */
  private final OptionalLong startLedger;

  /** What is stored, as far as everything is that was handed out. */
  private Optional<ChainCursor> stored = Optional.empty();

  /** Where to go on; null while not even the beginning is known. */
  private ChainCursor cursor;

  private final Transactions transactions = new Transactions();
  private final Set<String> putAside = new HashSet<>();

  ChainReading(OptionalLong startLedger) {
    this.startLedger = startLedger;
  }

  /** Begins at what is stored. */
  void begin(Optional<ChainCursor> known) {
    stored = known;
    beginAnew();
  }

  /** Begins again, at what is stored and was handed out. */
  void beginAnew() {
    transactions.forget();
    cursor = stored.orElse(null);
    if (cursor == null && startLedger.isPresent()) {
      beginAt(startLedger.getAsLong(), 0);
    }
  }

  /**
   * Begins with the first ledger.
   *
   * @param tip the newest ledger, as far as known
   */
  void beginAt(long ledger, long tip) {
    cursor = new ChainCursor(Optional.empty(), Optional.empty(), ledger - 1, tip, ledger);
  }

  boolean hasBegun() {
    return cursor != null;
  }

  /** Whether nothing is stored, and the history begins where the nodes' does. */
  boolean mayBeginLater() {
    return stored.isEmpty() && startLedger.isEmpty();
  }

  Optional<ChainCursor> cursor() {
    return Optional.ofNullable(cursor);
  }

  /** The last ledger that was read to its end; it must have begun. */
  long scanned() {
    return cursor.scanned();
  }

  /** The last event that the log knows. */
  Optional<ChainPosition> last() {
    return cursor.last();
  }

  /** The event is left out from now on; everything else of its transaction is not. */
  void putAside(String event) {
    putAside.add(event);
  }

  // ---- where to read on

  PageStart start() {
    return transactions
        .readThrough()
        .or(cursor::token)
        .<PageStart>map(PageStart.Behind::new)
        .orElseGet(() -> new PageStart.AtLedger(cursor.scanned() + 1));
  }

  /**
   * Where to read the last known event again.
   *
   * @return empty if there is none, or it was put aside
   */
  Optional<PageStart> startOfCheck() {
    return last()
        .map(EventId::of)
        .filter(event -> !putAside.contains(event.toString()))
        .<PageStart>map(event -> new PageStart.Behind(event.before().toString()));
  }

  /** What is not whole is read again. */
  void dropTail() {
    transactions.dropTail();
  }

  /** The next page is asked for by its ledger: the place behind which to read is gone. */
  void dropToken() {
    cursor =
        new ChainCursor(
            cursor.last(), Optional.empty(), cursor.scanned(), cursor.tip(), cursor.since());
    dropTail();
  }

  // ---- what was read

  /**
   * Where the page ends: its last ledger that was read to the end, or its last event's.
   *
   * @throws IllegalArgumentException if the answer contradicts itself or what was asked for
   */
  long checkedEnd(DecodedPage answer) {
    EventPage page = answer.page();
    ChainPosition before = null;
    for (ReadEvent event : answer.events()) {
      if (before != null && before.isAfter(event.position())) {
        throw new IllegalArgumentException("event " + event.id() + " is not in the chain's order");
      }
      before = event.position();
    }
    if (page.isFull()) {
      if (!transactions.isNews(before, cursor.last())) {
        throw new IllegalArgumentException("the same events again after " + page.cursor());
      }
      return before.ledger();
    }
    long end = EventId.parse(page.cursor()).ledger();
    if (end > page.latestLedger()) {
      throw new IllegalArgumentException(
          "its cursor is behind its newest ledger " + page.latestLedger());
    }
    if (before != null && before.ledger() > end) {
      throw new IllegalArgumentException("event " + before + " is behind its cursor");
    }
    return end;
  }

  /**
   * Adds a page; {@link #advance} takes what is whole then.
   *
   * @param source the name of the node
   * @param end of {@link #checkedEnd}
   * @return a fault if two nodes differ about an event
   */
  Optional<Fault> add(String source, DecodedPage answer, long end) {
    return transactions.add(source, visible(answer), answer.page().isFull() ? -1 : end);
  }

  private List<ReadEvent> visible(DecodedPage answer) {
    return putAside.isEmpty()
        ? answer.events()
        : answer.events().stream().filter(event -> !putAside.contains(event.id())).toList();
  }

  /** Whether more is not whole than any transaction can have. */
  boolean isTooLong() {
    return transactions.isTooLong();
  }

  /**
   * Goes on behind the page that was added.
   *
   * @param end of {@link #checkedEnd}
   */
  Advance advance(DecodedPage answer, long end) {
    EventPage page = answer.page();
    Optional<ReadEvent> defect = transactions.defect();
    List<List<ReadEvent>> whole = transactions.take(!page.isFull());
    Slices slices = new Slices(stored, cursor, Math.max(cursor.tip(), page.latestLedger()));
    whole.forEach(slices::add);
    transactions.pageEnded(
        page.isFull()
            ? Optional.of(answer.events().get(answer.events().size() - 1))
            : Optional.empty());
    if (!page.isFull() && defect.isEmpty()) {
      slices.end(page.cursor(), end);
    } else {
      slices.end();
    }
    ChainCursor before = cursor;
    cursor = slices.next();
    if (!slices.all().isEmpty()) {
      stored = Optional.of(cursor);
    }
    boolean moved = cursor.scanned() > before.scanned() || !cursor.last().equals(before.last());
    return new Advance(slices.all(), moved, defect);
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.ChainPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Events that were read and not handed on yet: a transaction is handed on when it is known whole. A
 * full page may end inside one, so its last transaction is held until another event or the end of
 * the page's range shows that it is complete.
 *
 * <p>Whoever reads on after a failure must tell again what is held, and must tell the same: another
 * node, or the same one, behind whose address there may be another by then. An event that was told
 * once and is not told again would be lost without a word, whether it can be decoded or not. For
 * one thread.
 */
final class Transactions {
  /** Far more than the network allows in one transaction. */
  static final int MOST_HELD = 20_000;

  /** What a node has told. */
  private record Told(ReadEvent event, String source) {}

  /** Of the node in use, in the chain's order. */
  private final NavigableMap<ChainPosition, ReadEvent> tail = new TreeMap<>();

  /** Of any node, until it is handed on. */
  private final NavigableMap<ChainPosition, Told> told = new TreeMap<>();

  /** The last event of the latest full page; empty if the next page begins at the cursor. */
  private Optional<ReadEvent> readThrough = Optional.empty();

  /** What is held is dropped, and read again; what other nodes have told is remembered. */
  void dropTail() {
    tail.clear();
    readThrough = Optional.empty();
  }

  /** Everything begins anew. */
  void forget() {
    dropTail();
    told.clear();
  }

  /** The id of the last event of a full page, behind which to read on. */
  Optional<String> readThrough() {
    return readThrough.map(ReadEvent::id);
  }

  /** Whether an answer that ends with this event brings anything. */
  boolean isNews(ChainPosition last, Optional<ChainPosition> known) {
    Optional<ChainPosition> through = readThrough.map(ReadEvent::position).or(() -> known);
    return through.isEmpty() || last.isAfter(through.get());
  }

  /** A page has ended with this event. */
  void pageEnded(Optional<ReadEvent> lastOfFull) {
    readThrough = lastOfFull;
  }

  /**
   * Adds the events of a page, in their order.
   *
   * @param through the last ledger that the page covers to its end; -1 for a full page, which
   *     covers what is before its last event
   * @return a fault if two answers differ about an event, or only one of them has it
   */
  Optional<Fault> add(String source, List<ReadEvent> events, long through) {
    for (ReadEvent event : events) {
      Told before = told.get(event.position());
      if (before != null) {
        Optional<String> difference = before.event.differenceTo(event);
        if (difference.isPresent()) {
          return Optional.of(
              new Fault.Disagreement(event.id(), before.source, source, difference.get()));
        }
      }
      told.put(event.position(), new Told(event, source));
      tail.put(event.position(), event);
    }
    return missing(source, through);
  }

  /** Whether more is held than any transaction can have. */
  boolean isTooLong() {
    return tail.size() > MOST_HELD;
  }

  private Optional<Fault> missing(String source, long through) {
    if (told.isEmpty()) {
      return Optional.empty();
    }
    ChainPosition end =
        through >= 0
            ? new ChainPosition(through + 1, 0, 0, 0)
            : tail.isEmpty() ? told.firstKey() : tail.lastKey();
    return told.headMap(end, false).entrySet().stream()
        .filter(entry -> !tail.containsKey(entry.getKey()))
        .map(Map.Entry::getValue)
        .<Fault>map(
            before ->
                new Fault.Disagreement(
                    before.event.id(),
                    before.source,
                    source,
                    before.source.equals(source)
                        ? "it was told before, and not again"
                        : "only the first one has it"))
        .findFirst();
  }

  /** The first event that is held and cannot be decoded. */
  Optional<ReadEvent> defect() {
    return tail.values().stream().filter(event -> event.defect().isPresent()).findFirst();
  }

  /**
   * Takes the transactions that are complete, each with its events in the chain's order. None is
   * taken from the first one on that has an event which cannot be decoded.
   *
   * @param all whether the last one is complete too
   */
  List<List<ReadEvent>> take(boolean all) {
    List<List<ReadEvent>> whole = new ArrayList<>();
    for (ReadEvent event : tail.values()) {
      List<ReadEvent> last = whole.isEmpty() ? null : whole.get(whole.size() - 1);
      if (last != null && event.isOfTransaction(last.get(0).position())) {
        last.add(event);
      } else {
        whole.add(new ArrayList<>(List.of(event)));
      }
    }
    int taken = all || whole.isEmpty() ? whole.size() : whole.size() - 1;
    for (int i = 0; i < taken; i++) {
      if (whole.get(i).stream().anyMatch(event -> event.defect().isPresent())) {
        taken = i;
      }
    }
    for (List<ReadEvent> transaction : whole.subList(0, taken)) {
      ChainPosition last = transaction.get(transaction.size() - 1).position();
      tail.headMap(last, true).clear();
      told.headMap(last, true).clear();
    }
    return whole.subList(0, taken);
  }
}

package io.flowfi.indexer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.flowfi.indexer.Drift.Difference;
import io.flowfi.indexer.Drift.With;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Compares streams with what the contract stores and with their own events. Both sides of a
 * comparison hold as of the same ledger:
 *
 * <ul>
 *   <li>The cursor is read before the streams, and an entry that changed after that cursor is left
 *       for later. So the stream has all that the entry has.
 *   <li>The cursor is read again after the streams, and an RPC node that is not that far is not
 *       believed. So the entry has all that the stream has.
 * </ul>
 *
 * <p>For one thread at a time.
 */
final class StreamChecks implements AutoCloseable {
  /** As many as an RPC node takes. */
  static final int MOST = 200;

  private static final int REMEMBERED = 10_000;

  private final List<ChainSource> sources;
  private final EventDecoder decoder;
  private final ChainLog log;
  private final Function<PaymentStream, Optional<PaymentStream>> ofEvents;

  /**
   * As of which ledger an open stream was seen without an entry. The deletion may be newer than
   * what was read of the chain, so it counts when that ledger was read and the stream is still
   * open.
   */
  private final Cache<StreamId, Long> absent =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  /**
   * @param ofEvents what the events of a stream make of it; empty if they are not all there
   */
  StreamChecks(
      List<ChainSource> sources,
      EventDecoder decoder,
      ChainLog log,
      Function<PaymentStream, Optional<PaymentStream>> ofEvents) {
    this.sources = List.copyOf(sources);
    this.decoder = decoder;
    this.log = log;
    this.ofEvents = ofEvents;
  }

  /**
   * Compares these streams; those that the log does not have from the chain are left out.
   *
   * @param ids at most {@value #MOST}
   * @throws ChainSourceException if no RPC node gives an answer that can be used
   */
  List<StreamCheck> of(List<StreamId> ids) {
    Optional<ChainCursor> before = log.cursor();
    if (before.isEmpty() || ids.isEmpty()) {
      return List.of();
    }
    List<PaymentStream> streams =
        log.streams(ids).values().stream()
            .filter(stream -> stream.origin() == Origin.CHAIN)
            .toList();
    if (streams.isEmpty()) {
      return List.of();
    }
    EntryPage page = entries(streams, known(log.cursor().orElseThrow()));
    Map<String, EntryState> byKey = new HashMap<>();
    page.entries().forEach(entry -> byKey.put(entry.keyXdr(), entry));
    List<StreamCheck> checks = new ArrayList<>();
    for (PaymentStream stream : streams) {
      EntryState entry = byKey.get(decoder.keyOf(stream.id()));
      checks.add(check(stream, Optional.ofNullable(entry), page, before.get().scanned()));
    }
    return checks;
  }

  /** The last ledger of which the log may have something. */
  private static long known(ChainCursor cursor) {
    return Math.max(cursor.scanned(), cursor.last().map(last -> last.ledger()).orElse(0L));
  }

  private EntryPage entries(List<PaymentStream> streams, long known) {
    List<String> keys = streams.stream().map(stream -> decoder.keyOf(stream.id())).toList();
    ChainSourceException last = null;
    for (ChainSource source : sources) {
      try {
        EntryPage page = source.entries(keys);
        if (page.latestLedger() >= known) {
          return page;
        }
        last =
            ChainSourceException.busy(
                source.name() + " is at ledger " + page.latestLedger() + ", the log at " + known,
                Optional.empty());
      } catch (ChainSourceException e) {
        last = e;
      }
    }
    throw last == null ? ChainSourceException.busy("no RPC node", Optional.empty()) : last;
  }

  private StreamCheck check(
      PaymentStream stream, Optional<EntryState> state, EntryPage page, long scanned) {
    List<Difference> differences = new ArrayList<>();
    Optional<StreamEntry> entry = Optional.empty();
    Optional<String> later = Optional.empty();
    try {
      entry = state.map(there -> decoder.entry(stream.id(), there));
    } catch (UndecodableEventException e) {
      later = Optional.of("what the contract stores cannot be read: " + e.getMessage());
    }
    if (entry.isPresent()) {
      absent.invalidate(stream.id());
      if (entry.get().lastModifiedLedger() > scanned) {
        later = Optional.of("the chain has changed it after ledger " + scanned);
      } else {
        differences.addAll(StreamComparison.withContract(stream, entry.get()));
      }
    } else if (state.isEmpty() && !stream.status().isFinal()) {
      Long since = absent.asMap().putIfAbsent(stream.id(), page.latestLedger());
      if (since != null && since <= scanned) {
        differences.add(
            new Difference(With.CONTRACT, "entry", stream.status().toString(), "not stored"));
      } else {
        later = Optional.of("the contract stores nothing of it as of " + page.latestLedger());
      }
    }
    ofEvents
        .apply(stream)
        .filter(told -> told.version() <= stream.version()) // otherwise it has changed meanwhile
        .ifPresent(told -> differences.addAll(StreamComparison.withEvents(stream, told)));
    return new StreamCheck(stream, scanned, entry, differences, later);
  }

  @Override
  public void close() {
    sources.forEach(ChainSource::close);
  }
}

package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A contract's entries and the log's streams, so that a test can put each into any state. */
final class ContractInMemory implements ChainSource, EventDecoder, ChainLog {
  final Map<StreamId, StreamEntry> stored = new ConcurrentSkipListMap<>();
  final Map<StreamId, PaymentStream> streams = new ConcurrentSkipListMap<>();
  final List<ChainRepair> repairs = new CopyOnWriteArrayList<>();
  final List<Integer> calls = new CopyOnWriteArrayList<>();
  volatile long scanned = 1000;
  volatile long tip = 1000;
  volatile boolean down;
  volatile Runnable whileAsked = () -> {};

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public EntryPage entries(List<String> keys) {
    calls.add(keys.size());
    whileAsked.run();
    if (down) {
      throw ChainSourceException.busy("down", Optional.empty());
    }
    List<EntryState> found = new ArrayList<>();
    for (String key : keys) {
      StreamEntry entry = stored.get(StreamId.parse("key", key));
      if (entry != null) {
        found.add(new EntryState(key, key, entry.lastModifiedLedger(), 0));
      }
    }
    return new EntryPage(found, tip);
  }

  @Override
  public String keyOf(StreamId stream) {
    return stream.toString();
  }

  @Override
  public StreamEntry entry(StreamId stream, EntryState entry) {
    return stored.get(stream);
  }

  @Override
  public Optional<ChainCursor> cursor() {
    return Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), scanned, tip, 1));
  }

  @Override
  public Map<StreamId, PaymentStream> streams(Collection<StreamId> ids) {
    Map<StreamId, PaymentStream> found = new TreeMap<>(streams);
    found.keySet().retainAll(ids);
    return found;
  }

  @Override
  public List<PaymentStream> openStreams(Optional<StreamId> after, int limit) {
    return streams.values().stream()
        .filter(stream -> !stream.status().isFinal())
        .filter(stream -> after.isEmpty() || stream.id().compareTo(after.get()) > 0)
        .limit(limit)
        .toList();
  }

  @Override
  public CompletionStage<AppliedFacts> repair(ChainRepair repair) {
    repairs.add(repair);
    boolean moved =
        !(repair instanceof ChainRepair.Reconcile wanted)
            || streams.get(wanted.entry().id()).version() == wanted.expectedVersion();
    return CompletableFuture.completedFuture(
        new AppliedFacts(cursor(), moved, moved ? 1 : 0, 0, Map.of()));
  }

  @Override
  public EventPage events(PageStart start, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SourceHealth health() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ChainFact decode(RpcEvent event) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<AppliedFacts> apply(ChainFacts facts) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    // nothing is open
  }
}

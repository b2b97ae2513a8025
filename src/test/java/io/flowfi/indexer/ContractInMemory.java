package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.ChainStop;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.PutAside;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Amount;
import io.flowfi.payment.FactRules;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.time.Duration;
import java.time.InstantSource;
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
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A contract's entries and the log's streams, so that a test can put each into any state. */
public final class ContractInMemory implements ChainSource, EventDecoder, ChainLog {
  public static final long START = 1_790_000_000;

  public final Map<StreamId, StreamEntry> stored = new ConcurrentSkipListMap<>();
  public final Map<StreamId, PaymentStream> streams = new ConcurrentSkipListMap<>();
  final List<ChainRepair> repairs = new CopyOnWriteArrayList<>();
  final List<Integer> calls = new CopyOnWriteArrayList<>();
  volatile long scanned = 1000;
  volatile long tip = 1000;

  /** The ledger of the last event that was read, which may be one behind the scanned one. */
  volatile Optional<ChainPosition> last = Optional.empty();

  volatile boolean down;
  volatile boolean closed;

  /** What the decoder says of every entry; null if it can read them. */
  volatile UndecodableEventException unreadable;

  volatile Runnable whileAsked = () -> {};

  /** Before the log's streams are read, and when they were. */
  volatile Runnable beforeStreams = () -> {};

  volatile Runnable afterStreams = () -> {};

  static PaymentStream applied(PaymentStream before, StreamFact... facts) {
    PaymentStream stream = before;
    for (StreamFact fact : facts) {
      stream =
          FactRules.apply(Optional.ofNullable(stream), fact, 900, START + 60)
              .events()
              .get(0)
              .after();
    }
    return stream;
  }

  /** Compares this log with this contract, where it is asked for; the events tell nothing. */
  public Reconciliation reconciliation() {
    return reconciliation(List.of(this), stream -> Optional.empty(), () -> true, Optional.empty());
  }

  Reconciliation reconciliation(
      List<ChainSource> sources,
      Function<PaymentStream, Optional<PaymentStream>> ofEvents,
      BooleanSupplier follows,
      Optional<Duration> interval) {
    return new Reconciliation(
        sources, this, this, ofEvents, follows, interval, InstantSource.system());
  }

  /** A stream that is in the log as the contract stores it. */
  public PaymentStream stream(StreamId id, StreamFact... more) {
    PaymentStream created =
        applied(
            null,
            new StreamFact.Created(
                id,
                LedgerFixture.account(1),
                LedgerFixture.account(2),
                LedgerFixture.TOKEN,
                Amount.of(7),
                Amount.of(10_000),
                START,
                true));
    PaymentStream stream = applied(created, more);
    streams.put(id, stream);
    stored.put(id, entry(stream, 900));
    return stream;
  }

  static StreamEntry entry(PaymentStream stream, long ledger) {
    return new StreamEntry(
        stream.id(),
        stream.sender(),
        stream.recipient(),
        stream.token(),
        stream.ratePerSecond(),
        stream.deposited(),
        stream.withdrawn(),
        stream.startTime(),
        stream.onChain().orElseThrow().accruesFrom(),
        stream.status(),
        stream.pausedAt(),
        ledger,
        true);
  }

  /** The same, but with another amount. */
  public static StreamEntry withdrawn(PaymentStream stream, long amount, long ledger) {
    StreamEntry as = entry(stream, ledger);
    return new StreamEntry(
        as.id(),
        as.sender(),
        as.recipient(),
        as.token(),
        as.ratePerSecond(),
        as.deposited(),
        Amount.of(amount),
        as.startTime(),
        as.lastUpdateTime(),
        as.status(),
        as.pausedAt(),
        ledger,
        true);
  }

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
    if (unreadable != null) {
      throw unreadable;
    }
    return stored.get(stream);
  }

  @Override
  public Optional<ChainCursor> cursor() {
    return Optional.of(new ChainCursor(last, Optional.empty(), scanned, tip, 1));
  }

  @Override
  public Optional<ChainFault> fault() {
    return Optional.empty();
  }

  @Override
  public CompletionStage<AppliedFacts> stop(ChainStop stop) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<ContractUpgrade> latestUpgrade() {
    return Optional.empty();
  }

  @Override
  public List<PutAside> quarantined(int limit) {
    return List.of();
  }

  @Override
  public Map<StreamId, PaymentStream> streams(Collection<StreamId> ids) {
    beforeStreams.run();
    Map<StreamId, PaymentStream> found = new TreeMap<>(streams);
    found.keySet().retainAll(ids);
    afterStreams.run();
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
    closed = true;
  }
}

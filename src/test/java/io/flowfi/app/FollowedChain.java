package io.flowfi.app;

import static org.awaitility.Awaitility.await;

import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.ChainSource;
import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.EntryPage;
import io.flowfi.indexer.EventPage;
import io.flowfi.indexer.Indexer;
import io.flowfi.indexer.IndexerSettings;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.indexer.PageStart;
import io.flowfi.indexer.SourceHealth;
import io.flowfi.indexer.rpc.ImpatientNodes;
import io.flowfi.indexer.rpc.RpcSettings;
import io.flowfi.indexer.xdr.XdrEventDecoder;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import io.flowfi.store.SqlStore;
import io.flowfi.time.Clocks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** A log with the real store and ledger, and indexers that follow a simulated chain into it. */
final class FollowedChain implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);

  final SimulatedChain chain;
  final LedgerFixture fixture;

  /** Of the indexer, beside the real time; for what takes minutes. */
  private final AtomicLong skippedSeconds = new AtomicLong();

  private final List<Indexer> indexers = new ArrayList<>();
  private OptionalLong start = OptionalLong.empty();
  private int limit = 1000;
  private Optional<Duration> patience = Optional.empty();

  FollowedChain(TestStore kind, Path directory, SimulatedChain chain) {
    this.chain = chain;
    SqlStore store = kind.open(directory);
    store.follow(Optional.of(new Address(chain.contractId())), chain.passphrase());
    fixture =
        new LedgerFixture(
            store, null, LedgerSettings.DEFAULT.with(StreamNumbering.BESIDE_CONTRACT), () -> {});
    fixture.now.set(1_800_000_000);
  }

  FollowedChain from(long ledger) {
    start = OptionalLong.of(ledger);
    return this;
  }

  /** No page of the next indexers has more events. */
  FollowedChain withPagesOf(int events) {
    limit = events;
    return this;
  }

  /** The nodes of the next indexers have this long for an answer, instead of what is usual. */
  FollowedChain withPatience(Duration time) {
    patience = Optional.of(time);
    return this;
  }

  Indexer follow(SimulatedRpc... nodes) {
    return follow(Clocks.system(), addresses(nodes));
  }

  /** As an operator writes them in SOROBAN_RPC_URL. */
  static String addresses(SimulatedRpc... nodes) {
    return Arrays.stream(nodes).map(node -> node.url().toString()).collect(Collectors.joining(","));
  }

  Indexer follow(String addresses) {
    return follow(Clocks.system(), addresses);
  }

  /** Time goes by only as {@link #skip} says. */
  Indexer followAtRest(SimulatedRpc... nodes) {
    Instant now = Instant.ofEpochSecond(1_800_000_000);
    return follow(new Clocks(() -> now, () -> 0), addresses(nodes));
  }

  private Indexer follow(Clocks system, String addresses) {
    return follow(system, addresses, ChainLease.alone());
  }

  /** Follows while it has the lease. */
  Indexer follow(ChainLease lease, SimulatedRpc... nodes) {
    return follow(Clocks.system(), addresses(nodes), lease);
  }

  private Indexer follow(Clocks system, String addresses, ChainLease lease) {
    Clocks clock =
        new Clocks(
            () -> system.instant().plusSeconds(skippedSeconds.get()),
            () -> system.nanos() + TimeUnit.SECONDS.toNanos(skippedSeconds.get()));
    RpcSettings settings =
        new RpcSettings(
            RpcSettings.parse(addresses), chain.passphrase(), new Address(chain.contractId()));
    int most = limit;
    List<ChainSource> sources =
        patience
            .map(time -> ImpatientNodes.of(settings, time, clock))
            .orElseGet(() -> settings.sources(clock))
            .stream()
            .<ChainSource>map(source -> new SmallPages(source, most))
            .toList();
    Indexer indexer =
        new Indexer(
            sources,
            anomalies -> new XdrEventDecoder(new Address(chain.contractId()), anomalies),
            new LedgerChainLog(fixture.ledger, fixture.store),
            lease,
            new IndexerSettings(start, POLL, Optional.empty()),
            clock);
    indexers.add(indexer);
    indexer.start();
    return indexer;
  }

  /** Time goes by for the indexers that follow. */
  void skip(Duration time) {
    skippedSeconds.addAndGet(time.toSeconds());
  }

  /** Waits until everything of the chain is in the log. */
  void awaitAll(Indexer indexer) {
    awaitScanned(indexer, chain.latest());
  }

  void awaitScanned(Indexer indexer, long ledger) {
    await()
        .atMost(PATIENCE)
        .failFast(
            "the indexer has stopped",
            () ->
                indexer.status().fault().isPresent()
                    || indexer.status().state() == IndexerStatus.State.STOPPED)
        .until(
            () ->
                indexer.status().cursor().isPresent()
                    && indexer.status().cursor().get().scanned() >= ledger);
  }

  <F> F awaitFault(Indexer indexer, Class<F> kind) {
    await().atMost(PATIENCE).until(() -> indexer.status().fault().isPresent());
    return kind.cast(indexer.status().fault().orElseThrow());
  }

  /** What an administrator's request comes to. */
  static IndexerStatus done(CompletionStage<IndexerStatus> request) {
    try {
      return request.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  List<LoggedEvent> events() {
    List<LoggedEvent> all = new ArrayList<>();
    LogPosition from = LogPosition.BEGINNING;
    while (true) {
      List<LoggedEvent> page =
          fixture.store.log().read(from, EventFilter.EVERYTHING, 10_000).events();
      if (page.isEmpty()) {
        return all;
      }
      all.addAll(page);
      from = page.get(page.size() - 1).position();
    }
  }

  List<String> types() {
    return events().stream().map(event -> event.type().wireName()).toList();
  }

  /** The log byte for byte, a line an event. */
  String log() {
    return events().stream()
        .map(
            event ->
                event.position() + " " + event.type().wireName() + " " + event.payload() + "\n")
        .collect(Collectors.joining());
  }

  @Override
  public void close() {
    indexers.forEach(Indexer::close);
    fixture.close();
  }

  /** Asks for fewer events than the indexer would. */
  private record SmallPages(ChainSource source, int most) implements ChainSource {
    @Override
    public String name() {
      return source.name();
    }

    @Override
    public EventPage events(PageStart start, int limit) throws ChainSourceException {
      return source.events(start, Math.min(limit, most));
    }

    @Override
    public SourceHealth health() {
      return source.health();
    }

    @Override
    public EntryPage entries(List<String> keys) {
      return source.entries(keys);
    }

    @Override
    public void close() {
      source.close();
    }
  }
}

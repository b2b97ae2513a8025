package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The thread around the {@link Pursuit}. */
@Timeout(60)
class IndexerTest {
  private final CountDownLatch asked = new CountDownLatch(1);

  /** A node that never answers. */
  private class Hanging implements ChainSource {
    @Override
    public String name() {
      return "a";
    }

    @Override
    public EventPage events(PageStart start, int limit) {
      throw new AssertionError("the first question is how it is");
    }

    @Override
    public SourceHealth health() {
      asked.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw ChainSourceException.of(ChainSourceException.Kind.UNREACHABLE, "it was cut off", e);
      }
      throw new AssertionError("nobody counts that latch down");
    }

    @Override
    public EntryPage entries(List<String> keys) {
      throw new AssertionError("there are no streams");
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  /** Fails once, and hangs when it is asked again. */
  private final class Failing extends Hanging {
    private final Error error;
    private boolean hasFailed;

    Failing(Error error) {
      this.error = error;
    }

    @Override
    public SourceHealth health() {
      if (!hasFailed) {
        hasFailed = true;
        throw error;
      }
      return super.health();
    }
  }

  private static Indexer indexer(ChainSource source) {
    return indexer(source, new LogInMemory());
  }

  private static Indexer indexer(ChainSource source, LogInMemory log) {
    return indexer(source, log, ChainLease.alone(), Duration.ofMillis(500), Clocks.system());
  }

  private static Indexer indexer(
      ChainSource source, LogInMemory log, ChainLease lease, Duration poll, Clocks clock) {
    Map<String, ChainFact> none = new HashMap<>();
    return new Indexer(
        List.of(source),
        anomalies -> new ScriptedSource("a", none),
        log,
        lease,
        new IndexerSettings(OptionalLong.empty(), poll, Optional.empty()),
        clock);
  }

  /** Everything up to ledger 20 is known, and it takes what is told. */
  private static LogInMemory log() {
    LogInMemory log = new LogInMemory();
    log.cursor = Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), 20, 20, 1));
    log.writing =
        facts -> {
          log.cursor = facts.next();
          return CompletableFuture.completedFuture(
              new AppliedFacts(log.cursor, true, 0, 0, Map.of()));
        };
    return log;
  }

  /** A node whose newest ledger is the last one that is known. */
  private static ScriptedSource source() {
    ScriptedSource source = new ScriptedSource("a", new HashMap<>());
    source.answer = ToldEvents.page(20, 20);
    return source;
  }

  @Test
  void shouldSayWhenLedgersWillBeForgottenThatWereNotRead() {
    ScriptedSource source = source();
    source.answer = ToldEvents.page(30, 1000);
    try (Indexer indexer = indexer(source, log())) {
      indexer.start();
      await().until(() -> indexer.degraded().isPresent());
      assertThat(indexer.degraded())
          .contains("the RPC node will soon forget ledgers that were not read");
      assertThat(indexer.trouble()).isEmpty();
    }
  }

  /** An error for which there is not even the memory to say so. */
  private static final class Unspeakable extends Error {
    private static final long serialVersionUID = 1;

    @Override
    public String toString() {
      throw new IllegalStateException("no memory");
    }
  }

  static List<Error> errors() {
    return List.of(new StackOverflowError(), new LinkageError("a class is missing"));
  }

  /** Whatever goes wrong in a step: the reading of the chain must not end with it. */
  @ParameterizedTest
  @MethodSource("errors")
  void shouldTryAgainAfterAnyError(Error error) throws Exception {
    try (Indexer indexer = indexer(new Failing(error))) {
      indexer.start();
      assertThat(asked.await(10, TimeUnit.SECONDS)).as("asked again").isTrue();
      assertThat(indexer.status().lastError().orElseThrow().message()).isEqualTo(error.toString());
    }
  }

  @Test
  void shouldOutliveAnErrorThatCannotEvenBeTold() {
    try (Indexer indexer = indexer(new Failing(new Unspeakable()))) {
      indexer.start();
      await()
          .until(
              () -> {
                // it waits for long; this is as if that time were over
                Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("chain-indexer"))
                    .forEach(LockSupport::unpark);
                return asked.getCount() == 0;
              });
    }
  }

  @Test
  void shouldRefuseWhatStillWaitsWhenItCloses() throws Exception {
    Indexer indexer = indexer(new Hanging());
    indexer.start();
    asked.await();
    CompletableFuture<IndexerStatus> waits = indexer.replay(7).toCompletableFuture();
    indexer.close();
    assertRefused(waits);
    assertRefused(indexer.replay(7).toCompletableFuture());
  }

  private static void assertRefused(CompletableFuture<IndexerStatus> request) {
    assertRefused(request, "the node is stopping");
  }

  private static void assertRefused(CompletionStage<IndexerStatus> request, String why) {
    assertThat(request)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IndexerRefusedException.class)
        .withMessageContaining(why);
  }

  /** A lease that a test gives and takes. */
  private static final class Lease implements ChainLease {
    volatile Optional<Holder> other = Optional.empty();
    volatile boolean answers = true;
    volatile boolean closed;

    @Override
    public boolean hold() {
      if (!answers) {
        throw new IllegalStateException("no answer");
      }
      return other.isEmpty();
    }

    @Override
    public Optional<Holder> holder() {
      return other;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static void assertAllRefused(Indexer indexer, String why) {
    assertRefused(indexer.reset(21, false), why);
    assertRefused(indexer.replay(7), why);
    assertRefused(indexer.cancelReplay(), why);
    assertRefused(indexer.quarantine("0005302420000000001-0000000003"), why);
  }

  /** Of several nodes one asks, and only that one does what administrators want. */
  @Test
  void shouldFollowTheChainOnlyWhileItHasTheLease() {
    ChainLease.Holder east = new ChainLease.Holder("7f3a", Optional.of("east"));
    Lease lease = new Lease();
    lease.other = Optional.of(east);
    ScriptedSource source = source();
    LogInMemory log = log();
    Indexer indexer = indexer(source, log, lease, Duration.ofMillis(500), Clocks.system());
    try (indexer) {
      indexer.start();
      await().until(() -> indexer.status().state() == IndexerStatus.State.STANDBY);
      await().until(() -> indexer.followedBy().equals(Optional.of(east)));
      assertAllRefused(indexer, "node east (7f3a) follows the chain");
      assertThat(source.healthAsked).isZero();
      assertThat(indexer.degraded()).isEmpty();

      lease.other = Optional.empty();
      await().until(() -> indexer.status().state() == IndexerStatus.State.FOLLOWING);
      assertThat(indexer.followedBy()).isEmpty();
      assertThat(indexer.reset(21, false)).succeedsWithin(Duration.ofSeconds(10));

      lease.answers = false;
      await().until(() -> indexer.status().state() == IndexerStatus.State.STANDBY);
      assertAllRefused(indexer, "this node does not follow the chain at the moment");
    }
    assertThat(lease.closed).isTrue();
    assertThat(source.closed).isTrue();
    assertThat(indexer.status().state()).isEqualTo(IndexerStatus.State.STOPPED);
  }

  @Test
  void shouldSayWhyItCannotDoWhatAnAdministratorWants() {
    try (Indexer indexer = indexer(source(), log())) {
      indexer.start();
      assertRefused(following(indexer).reset(0, true), "from 1 to");
    }
  }

  private static Indexer following(Indexer indexer) {
    await().until(() -> indexer.status().state() == IndexerStatus.State.FOLLOWING);
    return indexer;
  }

  @Test
  void shouldNotLetAnAdministratorWaitForTheNextLedger() {
    try (Indexer indexer =
        indexer(source(), log(), ChainLease.alone(), Duration.ofMinutes(1), Clocks.system())) {
      indexer.start();
      assertThat(following(indexer).replay(7)).succeedsWithin(Duration.ofSeconds(10));
    }
  }

  /** It has 25 s at most for each: whoever comes behind so many would wait for nothing. */
  @Test
  void shouldRefuseMoreThanItCanComeTo() throws Exception {
    try (Indexer indexer = indexer(new Hanging())) {
      indexer.start();
      asked.await();
      List<CompletableFuture<IndexerStatus>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        all.add(indexer.replay(7).toCompletableFuture());
      }
      List<CompletableFuture<IndexerStatus>> waiting =
          all.stream().filter(request -> !request.isDone()).toList();
      assertThat(waiting).isEqualTo(all.subList(0, waiting.size())).hasSizeBetween(15, 16);
      assertRefused(all.get(20), "too many requests");
    }
  }

  /** What stands there anybody may read: no node's address. */
  @Test
  void shouldNameAFaultInItsHealthWithoutAddresses() {
    ScriptedSource source = source();
    source.failure =
        ChainSourceException.of(ChainSourceException.Kind.UNUSABLE, "https://n/s3cret", null);
    try (Indexer indexer = indexer(source, log())) {
      indexer.start();
      await().until(() -> indexer.status().fault().isPresent());
      assertThat(indexer.degraded()).contains("the chain is not followed: no RPC node can be used");
      assertThat(indexer.trouble()).isEmpty();
    }
  }

  @Test
  void shouldSayThatNoLedgerWasReadForAMinute() {
    AtomicLong ahead = new AtomicLong();
    Clocks clock = new Clocks(InstantSource.system(), () -> System.nanoTime() + ahead.get());
    try (Indexer indexer =
        indexer(source(), log(), ChainLease.alone(), Duration.ofMillis(500), clock)) {
      indexer.start();
      assertThat(following(indexer).degraded()).isEmpty();
      ahead.set(Duration.ofSeconds(61).toNanos());
      assertThat(indexer.degraded().orElseThrow())
          .matches("no ledger of the chain was read for 6[1-9] s");
    }
  }

  /** For a day: what the new code does nobody has looked at. */
  @Test
  void shouldSayThatTheContractsCodeWasChanged() {
    Instant now = Instant.now();
    for (boolean recent : new boolean[] {true, false}) {
      LogInMemory log = log();
      log.upgrade =
          Optional.of(
              new ContractUpgrade(17, now.minus(Duration.ofHours(recent ? 23 : 25)), "0a", "0b"));
      try (Indexer indexer = indexer(source(), log)) {
        indexer.start();
        assertThat(following(indexer).status().upgrade()).isEqualTo(log.upgrade);
        assertThat(indexer.degraded())
            .isEqualTo(
                recent
                    ? Optional.of("the contract's code was changed in ledger 17")
                    : Optional.empty());
      }
    }
  }
}

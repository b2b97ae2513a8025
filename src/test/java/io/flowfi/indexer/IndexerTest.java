package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The thread around the {@link Pursuit}. */
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
    Map<String, ChainFact> none = new HashMap<>();
    return new Indexer(
        List.of(source),
        anomalies -> new ScriptedSource("a", none),
        log,
        ChainLease.alone(),
        new IndexerSettings(OptionalLong.empty(), Duration.ofMillis(500), Optional.empty()),
        Clocks.system());
  }

  @Test
  void shouldSayWhenLedgersWillBeForgottenThatWereNotRead() {
    ScriptedSource source = new ScriptedSource("a", new HashMap<>());
    source.answer = ToldEvents.page(30, 1000);
    LogInMemory log = new LogInMemory();
    log.cursor = Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), 20, 20, 1));
    log.writing =
        facts -> {
          log.cursor = facts.next();
          return CompletableFuture.completedFuture(
              new AppliedFacts(log.cursor, true, 0, 0, Map.of()));
        };
    try (Indexer indexer = indexer(source, log)) {
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
    assertThat(request)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IndexerRefusedException.class)
        .withMessageContaining("the node is stopping");
  }
}

package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

/** The thread around the {@link Pursuit}. */
class IndexerTest {
  private final CountDownLatch asked = new CountDownLatch(1);

  /** A node that never answers. */
  private final class Hanging implements ChainSource {
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

  @Test
  void shouldRefuseWhatStillWaitsWhenItCloses() throws Exception {
    Map<String, ChainFact> none = new HashMap<>();
    Indexer indexer =
        new Indexer(
            List.of(new Hanging()),
            anomalies -> new ScriptedSource("a", none),
            new LogInMemory(),
            ChainLease.alone(),
            new IndexerSettings(OptionalLong.empty(), Duration.ofMillis(500), Optional.empty()),
            Clocks.system());
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

package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.OtherChainException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages that were handed to the log and are not known to be durable yet. While the log writes one,
 * the next one already waits, so that it need not pause between them. For one thread.
 */
final class Writing {
  private static final Logger LOG = LoggerFactory.getLogger(Writing.class);

  /** The ledger gives an answer well before. */
  private static final long WRITE_SECONDS = 60;

  private final ChainLog log;
  private final Deque<Page> pages = new ArrayDeque<>();

  private record Page(String source, CompletableFuture<List<AppliedFacts>> written) {}

  /**
   * What has become of a page.
   *
   * @param source who has told it
   * @param refused why the log has not taken all of it; null if it has
   */
  record Outcome(String source, List<AppliedFacts> applied, Throwable refused) {}

  Writing(ChainLog log) {
    this.log = log;
  }

  void begin(String source, List<ChainFacts> lots) {
    pages.add(new Page(source, Applying.begin(log, lots)));
  }

  int pages() {
    return pages.size();
  }

  /** Whether the oldest page has an outcome. */
  boolean isOldestDone() {
    return !pages.isEmpty() && pages.element().written.isDone();
  }

  /** Waits for the oldest page. */
  Outcome oldest() throws InterruptedException {
    Page page = pages.remove();
    try {
      return new Outcome(
          page.source, page.written.get(WRITE_SECONDS, TimeUnit.SECONDS), /* refused= */ null);
    } catch (ExecutionException e) {
      return new Outcome(page.source, List.of(), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the ledger does not answer", e);
    }
  }

  /** Waits until nothing is being written. Whatever has come of it, the stored cursor tells. */
  void abandon() throws InterruptedException {
    while (!pages.isEmpty()) {
      Throwable refused = oldest().refused();
      if (refused != null) {
        LOG.debug("what was being written was not", refused);
      }
    }
  }

  /**
   * Waits for an answer of the log.
   *
   * @throws OtherChainException if facts contradict what is known
   */
  static <T> T now(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get(WRITE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OtherChainException other) {
        throw other;
      }
      throw new IllegalStateException("the ledger has not taken it", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the ledger does not answer", e);
    }
  }
}

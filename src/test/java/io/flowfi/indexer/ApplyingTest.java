package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ApplyingTest {
  private final LogInMemory log = new LogInMemory();
  private final List<CompletableFuture<AppliedFacts>> underWay = new ArrayList<>();

  @BeforeEach
  void holdAnswers() {
    log.writing =
        facts -> {
          underWay.add(new CompletableFuture<>());
          return underWay.get(underWay.size() - 1);
        };
  }

  private static ChainFacts lot(Optional<ChainCursor> next) {
    return new ChainFacts(Optional.empty(), List.of(), List.of(), next);
  }

  private static ChainFacts moving(long ledger) {
    return lot(Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), ledger, 9, 1)));
  }

  private static AppliedFacts answer(boolean moved, int events) {
    return new AppliedFacts(Optional.empty(), moved, events, 0, Map.of());
  }

  private CompletableFuture<List<AppliedFacts>> begin(ChainFacts... lots) {
    return Applying.begin(log, List.of(lots));
  }

  @Test
  void shouldHandLotsOverTogetherAndTellOfEachInTheirOrder() {
    CompletableFuture<List<AppliedFacts>> done = begin(moving(1), moving(2));
    assertThat(underWay).hasSize(2);
    underWay.get(1).complete(answer(true, 2));
    assertThat(done).isNotDone();
    underWay.get(0).complete(answer(true, 1));
    assertThat(done).isCompletedWithValue(List.of(answer(true, 1), answer(true, 2)));
  }

  /** Whatever comes behind it was read for another place. */
  @Test
  void shouldTellOfNothingBehindALotThatFoundTheCursorElsewhere() {
    CompletableFuture<List<AppliedFacts>> done = begin(moving(1), moving(2), moving(3));
    underWay.get(0).complete(answer(true, 1));
    underWay.get(1).complete(answer(false, 0));
    underWay.get(2).complete(answer(true, 3));
    assertThat(done).isCompletedWithValue(List.of(answer(true, 1), answer(false, 0)));
  }

  /** Who goes on after a failure must not meet what is still being written. */
  @Test
  void shouldFailOnlyWhenNothingIsBeingWrittenAnyMore() {
    CompletableFuture<List<AppliedFacts>> done = begin(moving(1), moving(2));
    IllegalStateException full = new IllegalStateException("disk full");
    underWay.get(0).completeExceptionally(full);
    assertThat(done).isNotDone();
    underWay.get(1).completeExceptionally(new IllegalStateException("not after that one"));
    assertThat(done).isCompletedExceptionally();
    assertThat(done.handle((any, failure) -> failure.getCause())).isCompletedWithValue(full);
  }

  /**
   * Nothing of a replay stands between its lots: one must not be applied if that before was not.
   */
  @Test
  void shouldHandLotsOfAReplayOverOneAfterTheOther() {
    ChainFacts replayed = lot(Optional.empty());
    CompletableFuture<List<AppliedFacts>> done = begin(replayed, replayed, replayed);
    assertThat(underWay).hasSize(1);
    underWay.get(0).complete(answer(true, 1));
    assertThat(underWay).hasSize(2);
    underWay.get(1).complete(answer(true, 0));
    underWay.get(2).complete(answer(true, 2));
    assertThat(done)
        .isCompletedWithValue(List.of(answer(true, 1), answer(true, 0), answer(true, 2)));

    CompletableFuture<List<AppliedFacts>> failed = begin(replayed, replayed);
    underWay.get(3).completeExceptionally(new IllegalStateException("disk full"));
    assertThat(failed).isCompletedExceptionally();
    assertThat(underWay).hasSize(4);
  }
}

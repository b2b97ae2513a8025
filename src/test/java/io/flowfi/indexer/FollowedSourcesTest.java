package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of several nodes may be asked, and what they have told together. */
class FollowedSourcesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  private final FollowedSources sources =
      new FollowedSources(List.of("a", "b", "c"), () -> NOW, new SplittableRandom(20));

  private FollowedSource node(int index) {
    return sources.get(index);
  }

  /** It has taken long to fail, but may be asked again. */
  private void spare(FollowedSource node) {
    node.failed(Optional.empty(), Duration.ofSeconds(15), NOW);
    node.backOff.succeeded();
  }

  @Test
  void shouldReadASecondTimeFromTheNodeInUseWhateverIsSaidOfIt() {
    node(0).verdict = Optional.of(Verdict.lags(7));
    assertThat(sources.forReread(7, NOW)).contains(node(0));
  }

  @Test
  void shouldReadASecondTimeOnlyFromOthersThatAreWell() {
    node(0).rest = NOW.plusSeconds(1);
    assertThat(sources.forReread(7, NOW)).contains(node(1));
    node(1).verdict = Optional.of(Verdict.lags(7));
    assertThat(sources.forReread(7, NOW)).contains(node(2));
    spare(node(2));
    assertThat(sources.forReread(7, NOW)).isEmpty();
    assertThat(sources.forReread(7, NOW.plus(FollowedSource.MOST_SPARED))).contains(node(0));
  }

  @ParameterizedTest
  @CsvSource({"1, 110, false", "1, 111, true", "50, 111, true", "51, 111, false"})
  void shouldPreferANodeThatHasTheNextLedgerAndMoreThanTenFurtherOnes(
      long oldest, long latest, boolean better) {
    node(0).latest = OptionalLong.of(100);
    node(1).oldest = OptionalLong.of(oldest);
    node(1).latest = OptionalLong.of(latest);
    assertThat(sources.isBetter(1, 50)).isEqualTo(better);
  }

  @Test
  void shouldWantANodeToShowAgainWhatItHasWhenItIsUsedAgain() {
    sources.all().forEach(node -> node.checked = true);
    sources.use(2);
    assertThat(sources.inUse()).isSameAs(node(2));
    assertThat(sources.all()).extracting(node -> node.checked).containsExactly(true, true, false);
  }

  @Test
  void shouldAskTheNodeInUseFirstAndTheOthersInTurn() {
    sources.use(1);
    assertThat(sources.candidates(node -> true, NOW)).containsExactly(node(1), node(2), node(0));
    assertThat(sources.candidates(node -> node != node(1), NOW)).containsExactly(node(2), node(0));
    spare(node(2));
    assertThat(sources.candidates(node -> true, NOW)).containsExactly(node(1), node(0));
  }

  @Test
  void shouldCompareAllOthersOnce() {
    sources.use(1);
    spare(node(2));
    sources.compareOthers(true, NOW);
    assertThat(sources.dueForComparison(NOW)).isEqualTo(OptionalInt.of(0));
    node(0).tells(new SourceHealth(true, "28", 200, 1, OptionalLong.empty()), NOW);
    assertThat(sources.dueForComparison(NOW)).isEmpty();
  }

  /** Where it stands still nothing else is asked, and it would ask a node that rests for ever. */
  @Test
  void shouldAskHowANodeIsOnceAMinuteAndOnlyIfItMayBeAsked() {
    assertThat(sources.dueForHealth(NOW)).hasValue(0);
    node(0).rest = NOW.plusSeconds(90);
    assertThat(sources.dueForHealth(NOW)).hasValue(1);
    node(1).tells(new SourceHealth(true, "28", 200, 1, OptionalLong.empty()), NOW);
    assertThat(sources.dueForHealth(NOW)).hasValue(2);
    node(2).failed(Optional.of(Duration.ofMinutes(2)), Duration.ZERO, NOW);
    assertThat(sources.dueForHealth(NOW)).isEmpty();
    assertThat(sources.dueForHealth(NOW.plusSeconds(59))).isEmpty();
    assertThat(sources.dueForHealth(NOW.plusSeconds(60))).hasValue(1);
    assertThat(sources.dueForHealth(NOW.plusSeconds(90))).hasValue(0);
  }

  /** Whatever they have done before: what stood in their way may be mended. */
  @Test
  void shouldAskEveryNodeAtOnceWhenAnAdministratorHasIntervened() {
    for (FollowedSource node : sources.all()) {
      node.failed(Optional.of(Duration.ofMinutes(5)), Duration.ofSeconds(15), NOW);
      node.rest = NOW.plusSeconds(60);
      node.verdict = Optional.of(Verdict.lags(7));
    }
    assertThat(sources.areWaiting(NOW)).isTrue();
    sources.tryAtOnce();
    assertThat(sources.all())
        .allSatisfy(
            node -> {
              assertThat(node.due()).isBeforeOrEqualTo(NOW);
              assertThat(node.isSpared(NOW)).isFalse();
              assertThat(node.verdict).isEmpty();
              assertThat(node.failures).isZero();
            });
  }

  @Test
  void shouldKnowTheNewestLedgerOfAnyNodeAndTheOldestOnceAllHaveTold() {
    assertThat(sources.newest()).isEmpty();
    assertThat(sources.oldest()).isEmpty();
    for (int index = 0; index < 3; index++) {
      assertThat(sources.oldest()).isEmpty();
      node(index).oldest = OptionalLong.of(List.of(40, 30, 50).get(index));
      node(index).latest = OptionalLong.of(List.of(100, 120, 110).get(index));
    }
    assertThat(sources.newest()).contains(120L);
    assertThat(sources.oldest()).contains(30L);
  }
}

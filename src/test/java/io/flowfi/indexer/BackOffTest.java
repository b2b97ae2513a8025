package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackOffTest {
  private Instant now = Instant.parse("2026-11-29T12:00:00Z");
  private final BackOff backOff = new BackOff(() -> now, new SplittableRandom(20));

  @Test
  void shouldLetANodeBeAskedThatHasNotFailed() {
    assertThat(backOff.isDue()).isTrue();
  }

  @Test
  void shouldWaitTwiceAsLongAfterEachFailureWithJitter() {
    Duration longest = BackOff.FIRST;
    for (int failures = 1; failures <= 12; failures++) {
      backOff.failed(Optional.empty());
      assertThat(Duration.between(now, backOff.due())).isBetween(longest.dividedBy(2), longest);
      assertThat(backOff.isDue()).isFalse();
      now = backOff.due();
      assertThat(backOff.isDue()).isTrue();
      longest = longest.multipliedBy(2);
      longest = longest.compareTo(BackOff.LONGEST) > 0 ? BackOff.LONGEST : longest;
    }
    assertThat(longest).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void shouldNotWaitEquallyLongEachTime() {
    backOff.failed(Optional.empty());
    Duration first = Duration.between(now, backOff.due());
    for (int i = 0; i < 20; i++) {
      backOff.succeeded();
      backOff.failed(Optional.empty());
      if (!Duration.between(now, backOff.due()).equals(first)) {
        return;
      }
    }
    throw new AssertionError("no jitter: always " + first);
  }

  @Test
  void shouldObeyALongerWaitThatTheNodeAsksFor() {
    backOff.failed(Optional.of(Duration.ofMinutes(5)));
    assertThat(backOff.due()).isEqualTo(now.plus(Duration.ofMinutes(5)));
  }

  @Test
  void shouldNotComeSoonerBecauseTheNodeAsksForLess() {
    backOff.failed(Optional.of(Duration.ZERO));
    assertThat(backOff.due()).isAfterOrEqualTo(now.plus(BackOff.FIRST.dividedBy(2)));
  }

  @Test
  void shouldForgetItsFailuresWhenTheNodeAnswers() {
    for (int i = 0; i < 10; i++) {
      backOff.failed(Optional.empty());
    }
    backOff.succeeded();
    assertThat(backOff.isDue()).isTrue();
    backOff.failed(Optional.empty());
    assertThat(backOff.due()).isBeforeOrEqualTo(now.plus(BackOff.FIRST));
  }
}

package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainCursor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowedSourceTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

  private final FollowedSource source =
      new FollowedSource("node", InstantSource.system(), new SplittableRandom(20));

  private static ChainCursor scanned(long ledger) {
    return new ChainCursor(Optional.empty(), Optional.empty(), ledger, ledger, 1);
  }

  /** Of the ledgers that it really has, whatever its retention is meant to be. */
  @ParameterizedTest
  @CsvSource({
    "1000, 2000, 1248, true",
    "1000, 2000, 1249, false",
    "1000, 2000, 2000, false",
    "1000, 2000, 999, true",
    "1000, 1000, 1000, false"
  })
  void shouldWarnFromAQuarterOfTheHistoryThatTheNodeHas(
      long oldest, long latest, long scanned, boolean low) {
    source.oldest = OptionalLong.of(oldest);
    source.latest = OptionalLong.of(latest);
    assertThat(source.isMarginLow(scanned(scanned))).isEqualTo(low);
  }

  @Test
  void shouldNotWarnOfWhatANodeHasNotTold() {
    assertThat(source.isMarginLow(scanned(1))).isFalse();
  }

  @Test
  void shouldBeStaleIfItsNewestLedgerClosedLongAgo() {
    assertThat(source.isStale(NOW)).isTrue();
    source.closeTime = OptionalLong.of(NOW.getEpochSecond() - 30);
    assertThat(source.isStale(NOW)).isFalse();
    assertThat(source.isStale(NOW.plusSeconds(1))).isTrue();
  }

  /**
   * Of the time in which nothing else could be asked; a failure that came at once costs nothing.
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "1999, 0", "2000, 40", "5000, 100", "15000, 300", "60000, 300"})
  void shouldLeavePrecedenceToTheOthersForTwentyTimesWhatItHasCost(long millis, long seconds) {
    source.failed(Optional.empty(), Duration.ofMillis(millis), NOW);
    assertThat(source.isSpared(NOW.plusSeconds(seconds))).isFalse();
    assertThat(source.isSpared(NOW.plusSeconds(seconds).minusMillis(1))).isEqualTo(seconds > 0);
  }

  @Test
  void shouldKeepWhatItKnowsOfItsHistoryWhereAPageDoesNotSay() {
    source.oldest = OptionalLong.of(7);
    source.tells(
        new EventPage(
            List.of(), 1000, "cursor", 100, OptionalLong.empty(), OptionalLong.of(1_799_999_995)));
    assertThat(source.oldest).hasValue(7);
    assertThat(source.latest).hasValue(100);
    assertThat(source.isStale(NOW)).isFalse();
    source.tells(
        new EventPage(List.of(), 1000, "cursor", 101, OptionalLong.of(8), OptionalLong.empty()));
    assertThat(source.oldest).hasValue(8);
  }

  /** It has forgotten that ledger, and may still bring the cursor on. */
  @Test
  void shouldNotRestANodeThatDoesNotHaveALedgerThatIsReadAgain() {
    Instant due = source.due();
    source.rereadFailed(
        ChainSourceException.outOfRange("it begins later", 150, 300), Duration.ofSeconds(15), NOW);
    assertThat(source.mayHave(149)).isFalse();
    assertThat(source.mayHave(150)).isTrue();
    assertThat(source.due()).isEqualTo(due);
    assertThat(source.isSpared(NOW)).isFalse();
    source.rereadFailed(
        ChainSourceException.busy("it is busy", Optional.empty()), Duration.ofSeconds(15), NOW);
    assertThat(source.due()).isAfter(due);
    assertThat(source.isSpared(NOW)).isTrue();
  }

  @Test
  void shouldKnowNoVersionOfANodeThatDoesNotTellOne() {
    source.tells(new SourceHealth(true, "28.0.1", 300, 150, OptionalLong.empty()), NOW);
    assertThat(source.version).contains("28.0.1");
    source.tells(new SourceHealth(true, "", 300, 150, OptionalLong.empty()), NOW);
    assertThat(source.version).isEmpty();
  }
}

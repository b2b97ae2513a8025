package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flowfi.ledger.AppliedFacts;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The rates of the status, by a clock that only the test moves. */
class IndexerCountsTest {
  private static final Offset<Double> EXACTLY = within(1e-9);

  private final IndexerCounts counts = new IndexerCounts();
  private Instant now = Instant.ofEpochSecond(1_800_000_000);
  private long scanned = 500;

  /** Second by second. */
  private void pass(int seconds, int applied, int known, int ledgers) {
    for (int i = 0; i < seconds; i++) {
      now = now.plusSeconds(1);
      scanned += ledgers;
      counts.add(new AppliedFacts(Optional.empty(), true, applied, known, Map.of()));
      counts.sample(now, scanned);
    }
  }

  @Test
  void shouldHaveNoRateBeforeThereIsAnythingToCompare() {
    assertThat(counts.eventsPerSecond()).isZero();
    counts.sample(now, scanned);
    assertThat(counts.eventsPerSecond()).isZero();
    assertThat(counts.ledgersPerSecond()).isZero();
  }

  @Test
  void shouldCountWhatWasReadWhetherItWasNewOrNot() {
    counts.sample(now, scanned);
    pass(10, 7, 3, 2);
    assertThat(counts.eventsPerSecond()).isEqualTo(10, EXACTLY);
    assertThat(counts.ledgersPerSecond()).isEqualTo(2, EXACTLY);
    assertThat(counts.applied()).isEqualTo(70);
    assertThat(counts.known()).isEqualTo(30);
  }

  @Test
  void shouldForgetWhatWasMoreThanHalfAMinuteAgo() {
    counts.sample(now, scanned);
    pass(20, 100, 0, 50);
    pass(15, 0, 0, 0);
    // of the last 30 s, 15 had something
    assertThat(counts.eventsPerSecond()).isEqualTo(50, EXACTLY);
    assertThat(counts.ledgersPerSecond()).isEqualTo(25, EXACTLY);
    pass(15, 0, 0, 0);
    assertThat(counts.eventsPerSecond()).isZero();
    assertThat(counts.ledgersPerSecond()).isZero();
  }

  /** An administrator has gone back. */
  @Test
  void shouldNotReadLedgersAtANegativeRate() {
    counts.sample(now, scanned);
    pass(5, 1, 0, -50);
    assertThat(counts.ledgersPerSecond()).isZero();
    assertThat(counts.eventsPerSecond()).isEqualTo(1, EXACTLY);
  }
}

package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Fact;
import io.flowfi.payment.Parties;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
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

  private static AppliedFacts with(Map<String, Integer> anomalies) {
    return new AppliedFacts(Optional.empty(), true, 0, 0, anomalies);
  }

  /** Those that the rules find and those that the decoder finds. */
  @Test
  void shouldAddUpWhatIsOddByItsKind() {
    counts.add(with(Map.of("after_end", 2, "overdrawn", 1)));
    counts.add(with(Map.of("after_end", 3)));
    counts.anomaly("unknown_field");
    counts.anomaly("unknown_field");
    assertThat(counts.anomalies())
        .containsOnly(
            Map.entry("after_end", 5L), Map.entry("overdrawn", 1L), Map.entry("unknown_field", 2L));
  }

  private static ChainFact told(Fact fact, String name) {
    return ToldEvents.told(new ChainPosition(7, 1, 0, 0), fact, name).fact().orElseThrow();
  }

  private static ChainFact unknown(String name) {
    return told(new ProtocolFact.Changed(name, "null"), name);
  }

  @Test
  void shouldCountTheNamesOfEventsThatAreNotUnderstood() {
    StreamId one = new StreamId(1);
    counts.countNames(
        List.of(
            unknown("opened"),
            told(new StreamFact.Changed(one, Parties.NONE, "disputed", "null"), "disputed"),
            told(new StreamFact.Withdrawn(one, Parties.NONE, Amount.of(1)), "tokens_withdrawn"),
            unknown("opened")));
    assertThat(counts.unknownNames())
        .containsOnly(Map.entry("opened", 2L), Map.entry("disputed", 1L));
  }

  /** A contract may make a new name with each event: memory must not grow with them. */
  @Test
  void shouldCountManyNamesTogetherButThoseThatItKnows() {
    List<ChainFact> many =
        IntStream.range(0, 150).mapToObj(number -> unknown("name" + number)).toList();
    counts.countNames(many);
    counts.countNames(many);
    assertThat(counts.unknownNames())
        .hasSize(101)
        .containsEntry("name0", 2L)
        .containsEntry("name99", 2L)
        .containsEntry(ChainCounts.OTHER_NAMES, 100L)
        .doesNotContainKey("name100");
  }
}

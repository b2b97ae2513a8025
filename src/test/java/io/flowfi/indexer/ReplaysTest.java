package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.at;
import static io.flowfi.indexer.ToldEvents.full;
import static io.flowfi.indexer.ToldEvents.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.StreamId;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a replay asks, for how much, and what it does when that goes wrong. */
class ReplaysTest {
  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
  private static final Optional<ChainCursor> KNOWN =
      Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), 110, 110, 1));

  private Instant now = START;
  private final Clocks clock = new Clocks(() -> now, () -> Duration.between(START, now).toNanos());
  private final Map<String, ChainFact> told = new HashMap<>();
  private final ScriptedSource a = new ScriptedSource("a", told);
  private final ScriptedSource b = new ScriptedSource("b", told);
  private final List<ChainFact> written = new ArrayList<>();
  private final List<StreamEntry> begunAt = new ArrayList<>();
  private final IndexerCounts counts = new IndexerCounts();
  private RuntimeException refused;
  private ChainSourceException noEntries;
  private List<StreamEntry> entries = List.of();
  private Follower follower;
  private final LogInMemory log = new LogInMemory();
  private Replays replays;

  @BeforeEach
  void begin() {
    follower =
        new Follower(
            List.of("a", "b"),
            new IndexerSettings(OptionalLong.empty(), Duration.ofMillis(500), Optional.empty()),
            clock,
            new SplittableRandom(20));
    follower.begin(KNOWN);
    log.writing =
        facts -> {
          if (refused != null) {
            return CompletableFuture.failedFuture(refused);
          }
          written.addAll(facts.facts());
          begunAt.addAll(facts.found());
          return CompletableFuture.completedFuture(
              new AppliedFacts(KNOWN, true, facts.facts().size(), 7, Map.of()));
        };
    replays =
        new Replays(
            new Pages(a),
            log,
            (facts, source) -> {
              if (noEntries != null) {
                throw noEntries;
              }
              return entries;
            },
            counts,
            List.of(a, b),
            follower.sources(),
            clock);
    replays.begin(101, KNOWN);
  }

  private IndexerStatus.Replay progress() {
    return replays.progress().orElseThrow();
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private static ChainSourceException failure(Kind kind) {
    return ChainSourceException.of(kind, "it failed", null);
  }

  @Test
  void shouldAskForHalfAsManyEventsAfterEachPageThatIsTooMuch() throws Exception {
    a.failure = failure(Kind.TOO_MUCH);
    b.failure = failure(Kind.TOO_MUCH);
    for (int i = 0; i < 12; i++) {
      assertThat(replays.step()).isFalse();
      pass(Duration.ofSeconds(30));
    }
    assertThat(a.limits).startsWith(200, 100, 50, 25, 12, 10).endsWith(10);
    assertThat(progress().running()).isTrue();

    a.failure = null;
    a.answer = page(110, 150, at(105, 1, 0));
    assertThat(replays.step()).isTrue();
    assertThat(progress().error()).isEmpty();
    assertThat(written).hasSize(1);
    assertThat(counts.applied()).isEqualTo(1);
  }

  private void assertRefused(long fromLedger, Optional<ChainCursor> known, String why) {
    assertThatThrownBy(() -> replays.begin(fromLedger, known))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void shouldReadOnlyLedgersThatWereReadAndThatANodeStillHas() {
    replays.cancel();
    for (long ledger : new long[] {0, -1, 111}) {
      assertRefused(ledger, KNOWN, "from 1 to 110");
    }
    assertRefused(101, Optional.empty(), "nothing of the chain is known");
    follower.sources().get(0).oldest = OptionalLong.of(108);
    follower.sources().get(1).oldest = OptionalLong.of(102);
    assertRefused(101, KNOWN, "from 102 on");
    assertThat(progress().running()).isFalse();
    replays.begin(102, KNOWN);
    assertThat(progress().running()).isTrue();
  }

  /** The node in use may have forgotten what another one was added for. */
  @Test
  void shouldReadAgainWhatAnotherNodeThanTheOneInUseMayStillHave() throws Exception {
    replays.cancel();
    follower.source().oldest = OptionalLong.of(108);
    replays.begin(101, KNOWN);
    b.answer = page(110, 150, at(105, 1, 0));
    assertThat(replays.step()).isTrue();
    assertThat(a.limits).isEmpty();
    assertThat(written).hasSize(1);
  }

  @Test
  void shouldReadOnePartAfterTheOther() throws Exception {
    assertRefused(101, KNOWN, "a replay is running");
    a.answer = page(110, 150, at(105, 1, 0));
    replays.step();
    replays.cancel(); // there is none any more
    assertThat(progress().error()).isEmpty();
    replays.begin(110, KNOWN);
    replays.cancel();
    assertThat(progress().running()).isFalse();
    assertThat(progress().error()).contains("cancelled");
  }

  /** Nothing of it is written, and it is no trouble of the log. */
  @Test
  void shouldTryAgainAfterAnAnswerThatContradictsItself() throws Exception {
    a.answer = page(100, 150, at(105, 1, 0));
    assertThat(replays.step()).isFalse();
    assertThat(written).isEmpty();
    a.answer = page(110, 150, at(105, 1, 0));
    pass(Duration.ofMillis(250));
    assertThat(replays.step()).isTrue();
    assertThat(written).hasSize(1);
  }

  @Test
  void shouldGiveUpWhenTheLogNeverTakesAPage() throws Exception {
    a.answer = page(110, 150, at(105, 1, 0));
    refused = new IllegalStateException("the database is away");
    int tries = 0;
    while (progress().running() && tries < 100) {
      tries++;
      assertThatThrownBy(replays::step).isInstanceOf(IllegalStateException.class);
      pass(Duration.ofSeconds(31));
    }
    assertThat(tries).isEqualTo(20);
    assertThat(progress().error()).isPresent();
  }

  @Test
  void shouldAskForNoMoreThanTheNodeHasShownToAllow() throws Exception {
    for (int i = 0; i < 4; i++) {
      follower.source().size.tooMany(); // 62 are left
    }
    a.answer = page(110, 150);
    replays.step();
    assertThat(a.limits).containsExactly(62);
  }

  /** Both readings: the one of the cursor must not ask the node before either. */
  @Test
  void shouldLeaveABusyNodeInPeaceForAsLongAsItAsksAndTakeTheNextOne() throws Exception {
    a.failure = ChainSourceException.busy("HTTP 429", Optional.of(Duration.ofMinutes(2)));
    assertThat(replays.step()).isFalse();
    assertThat(follower.source().due()).isEqualTo(now.plus(Duration.ofMinutes(2)));
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));

    b.answer = page(105, 150);
    pass(Duration.ofSeconds(1));
    assertThat(replays.step()).isTrue();
    assertThat(b.limits).containsExactly(200);
    assertThat(a.limits).hasSize(1);
  }

  @Test
  void shouldTryAgainLaterEachTimeWhenNoNodeAnswers() throws Exception {
    a.failure = failure(Kind.UNREACHABLE);
    b.failure = failure(Kind.UNREACHABLE);
    for (int i = 0; i < 60; i++) {
      replays.step();
      pass(Duration.ofMillis(100));
    }
    assertThat(a.limits.size() + b.limits.size()).isBetween(3, 8); // in 6 s
    for (int i = 0; i < 20 && progress().running(); i++) {
      pass(Duration.ofSeconds(31));
      replays.step();
    }
    assertThat(progress().error().orElseThrow()).contains("it failed");
  }

  @Test
  void shouldAskANodeThatStillHasTheLedgers() throws Exception {
    a.failure = ChainSourceException.outOfRange("startLedger must be ...", 108, 150);
    b.answer = page(110, 150, at(105, 1, 0));
    assertThat(replays.step()).isFalse();
    pass(Duration.ofSeconds(1));
    assertThat(replays.step()).isTrue();
    assertThat(progress().running()).isFalse();
    assertThat(progress().error()).isEmpty();
    assertThat(follower.next()).isEqualTo(new Ask.Health(0)); // nothing is wrong with it
  }

  @Test
  void shouldEndWhenNoNodeHasTheLedgersAnyMore() throws Exception {
    a.failure = ChainSourceException.outOfRange("startLedger must be ...", 108, 150);
    b.failure = ChainSourceException.outOfRange("startLedger must be ...", 102, 150);
    for (int i = 0; i < 3; i++) {
      assertThat(replays.step()).isFalse();
      pass(Duration.ofSeconds(31));
    }
    assertThat(progress().running()).isFalse();
    assertThat(progress().error().orElseThrow()).contains("ledger 101");
  }

  /** The page is not asked for again, so what it has brought must not be forgotten. */
  @Test
  void shouldWriteAPageLaterIfTheLogDoesNotTakeItAtOnce() throws Exception {
    a.answer = page(110, 150, at(105, 1, 0));
    refused = new IllegalStateException("the database is away");
    assertThatThrownBy(replays::step).isInstanceOf(IllegalStateException.class);
    assertThat(progress().running()).isTrue();
    refused = null;
    assertThat(replays.step()).isTrue();
    assertThat(written).hasSize(1);
    assertThat(a.limits).hasSize(1);
    assertThat(progress().running()).isFalse();
  }

  @Test
  void shouldWriteAPageWithoutWhatTheContractStoresIfNoNodeTells() throws Exception {
    a.answer = page(110, 150, at(105, 1, 0));
    noEntries = failure(Kind.UNREACHABLE);
    for (int i = 0; i < 5; i++) {
      assertThat(replays.step()).isFalse();
      pass(Duration.ofSeconds(31));
    }
    assertThat(written).isEmpty();
    assertThat(replays.step()).isTrue();
    assertThat(written).hasSize(1);
  }

  @Test
  void shouldReadPageAfterPageAndEachOnce() throws Exception {
    a.answer = page(105, 150, at(103, 1, 0));
    assertThat(replays.step()).isTrue();
    assertThat(progress().at()).isEqualTo(105);
    a.answer = page(110, 150, at(107, 1, 0));
    assertThat(replays.step()).isTrue();
    assertThat(written).extracting(fact -> fact.position().ledger()).containsExactly(103L, 107L);
    assertThat(progress())
        .isEqualTo(new IndexerStatus.Replay(101, 110, 110, 2, 14, 0, false, Optional.empty()));
  }

  /** As the first reading: without it the row would begin at nothing. */
  @Test
  void shouldBringWhatTheContractStoresOfAStreamThatWasNotKnown() throws Exception {
    ContractInMemory contract = new ContractInMemory();
    contract.stream(new StreamId(1));
    entries = List.of(contract.stored.get(new StreamId(1)));
    a.answer = page(110, 150, at(105, 1, 0));
    replays.step();
    assertThat(begunAt).isEqualTo(entries);
  }

  @Test
  void shouldAskForMoreEventsAgainAfterFullPages() throws Exception {
    a.failure = failure(Kind.TOO_MUCH);
    replays.step();
    a.failure = null;
    a.answer = full(150, at(103, 1, 0), at(104, 1, 0));
    pass(Duration.ofSeconds(1));
    assertThat(replays.step()).isTrue();
    a.answer = full(150, at(105, 1, 0), at(106, 1, 0));
    assertThat(replays.step()).isTrue();
    assertThat(a.limits).hasSize(3).startsWith(200, 100);
    assertThat(a.limits.get(2)).isBetween(101, 110);
  }

  /** As the cursor's own reading does where it gets an answer. */
  private void theCursorsReadingHasHadAnAnswer() {
    follower.sources().all().forEach(FollowedSource::answered);
  }

  private void failOften() throws InterruptedException {
    a.failure = failure(Kind.UNREACHABLE);
    b.failure = failure(Kind.UNREACHABLE);
    for (int times = 0; times < 8; times++) {
      replays.step();
      pass(Duration.ofSeconds(30));
    }
    theCursorsReadingHasHadAnAnswer();
  }

  @Test
  void shouldTryAgainSoonAfterTheFirstFailureInARow() throws Exception {
    failOften();
    a.failure = null;
    a.answer = page(105, 150, at(103, 1, 0));
    assertThat(replays.step()).isTrue();
    a.failure = failure(Kind.UNREACHABLE);
    replays.step();
    theCursorsReadingHasHadAnAnswer();
    int tries = a.limits.size();
    pass(Duration.ofMillis(250));
    replays.step();
    assertThat(a.limits).hasSize(tries + 1);
  }

  @Test
  void shouldNotWaitForThePauseOfAReplayThatIsOver() throws Exception {
    failOften();
    replays.step();
    theCursorsReadingHasHadAnAnswer();
    replays.cancel();
    replays.begin(101, KNOWN);
    int tries = a.limits.size();
    replays.step();
    assertThat(a.limits).hasSize(tries + 1);
  }
}

package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.at;
import static io.flowfi.indexer.ToldEvents.broken;
import static io.flowfi.indexer.ToldEvents.created;
import static io.flowfi.indexer.ToldEvents.fee;
import static io.flowfi.indexer.ToldEvents.full;
import static io.flowfi.indexer.ToldEvents.inAnotherTransaction;
import static io.flowfi.indexer.ToldEvents.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the cursor, one answer after the other. */
class FollowerTest {
  private static final String TOKEN = "0000000429496729600-0000000000"; // in ledger 100

  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

  /** The time that has really come. */
  private Instant now = START;

  /** How far the time of day was set away from it. */
  private Duration set = Duration.ZERO;

  private Follower follower;

  private void follow(Optional<ChainCursor> stored, OptionalLong start, String... names) {
    follower =
        new Follower(
            List.of(names),
            new IndexerSettings(start, Duration.ofMillis(500), Optional.empty()),
            new Clocks(() -> now.plus(set), () -> Duration.between(START, now).toNanos()),
            new SplittableRandom(20));
    follower.begin(stored);
  }

  /** Everything up to ledger 100 is known, and no event. */
  private void followFrom100(String... names) {
    follow(
        Optional.of(new ChainCursor(Optional.empty(), Optional.of(TOKEN), 100, 100, 1)),
        OptionalLong.empty(),
        names);
  }

  /** Everything up to ledger 100 is known, and its last event is the one at 100/1/0/0. */
  private void followFromEvent(String... names) {
    follow(
        Optional.of(
            new ChainCursor(
                Optional.of(new ChainPosition(100, 1, 0, 0)), Optional.of(TOKEN), 100, 100, 1)),
        OptionalLong.empty(),
        names);
  }

  /** Answers questions about health until it wants something else. */
  private Ask next() {
    Ask ask = follower.next();
    for (int asked = 0; ask instanceof Ask.Health; asked++) {
      assertThat(asked).as("questions how nodes are").isLessThan(10);
      follower.health(health(1, 200));
      ask = follower.next();
    }
    return ask;
  }

  private SourceHealth health(long oldest, long latest) {
    return new SourceHealth(true, "28", latest, oldest, OptionalLong.of(now.getEpochSecond()));
  }

  private Ask.Page nextPage() {
    Ask ask = next();
    assertThat(ask).isInstanceOf(Ask.Page.class);
    return (Ask.Page) ask;
  }

  private void outOfRange(long oldest, long latest) {
    follower.failed(ChainSourceException.outOfRange("startLedger must be ...", oldest, latest));
  }

  private void fails(Kind kind) {
    follower.failed(ChainSourceException.of(kind, "it failed", null));
  }

  private ChainCursor stored(List<Slice> slices) {
    return slices.get(slices.size() - 1).next();
  }

  @Test
  void shouldAskHowTheNodeIsBeforeItsFirstPage() {
    followFrom100("a");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(health(1, 200));
    assertThat(follower.next()).isEqualTo(new Ask.Page(0, new PageStart.Behind(TOKEN), 1000));
  }

  /** It was asked, and nothing has come until the time was over. */
  private void hangs() {
    now = now.plusSeconds(15);
    fails(Kind.UNREACHABLE);
  }

  @Test
  void shouldWaitOnceForNodesThatHangAndThenForTheOneThatAnswers() {
    followFrom100("a", "b", "c");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    hangs();
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    hangs();
    assertThat(nextPage().source()).isEqualTo(2);
    follower.page(page(101, 101));

    now = now.plusSeconds(20); // the back-off of the others is long over
    assertThat(nextPage().source()).isEqualTo(2);
    fails(Kind.UNREACHABLE);
    Ask.Pause pause = (Ask.Pause) follower.next();
    assertThat(pause.until()).isBefore(now.plusSeconds(1));
    now = pause.until();
    assertThat(nextPage().source()).isEqualTo(2);
    follower.page(page(102, 102));
  }

  @Test
  void shouldTryANodeThatHungWhereNoOtherWillAnswerSoon() {
    followFrom100("a", "b");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    hangs();
    assertThat(nextPage().source()).isEqualTo(1);
    follower.failed(ChainSourceException.busy("HTTP 429", Optional.of(Duration.ofMinutes(5))));
    now = now.plusSeconds(1);
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    hangs();
    now = now.plusSeconds(1);
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
  }

  @Test
  void shouldBeginWithoutANodeThatHangs() {
    follow(Optional.empty(), OptionalLong.empty(), "a", "b");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    hangs();
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    follower.health(health(40, 200));
    assertThat(nextPage()).isEqualTo(new Ask.Page(1, new PageStart.AtLedger(40), 1000));
  }

  /** The chain stands still, so others are asked each minute whether they are further. */
  @Test
  void shouldNotAskANodeThatHungEachMinuteWhetherItIsFurther() {
    followFrom100("a", "b");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    hangs();
    long stale = now.getEpochSecond();
    int asked = 0;
    for (Instant end = now.plusSeconds(240); now.isBefore(end); now = now.plusMillis(100)) {
      Ask ask = follower.next();
      if (ask instanceof Ask.Health health && health.source() == 1) {
        follower.health(new SourceHealth(true, "28", 100, 1, OptionalLong.of(stale)));
      } else if (ask instanceof Ask.Page page) {
        assertThat(page.source()).isEqualTo(1);
        follower.page(page(100, 100));
      } else if (ask instanceof Ask.Health) {
        asked++;
        hangs();
      }
    }
    assertThat(asked).isZero();
  }

  @Test
  void shouldBeginAtTheLedgerThatTheOperatorNames() {
    follow(Optional.empty(), OptionalLong.of(50), "a");
    assertThat(nextPage().start()).isEqualTo(new PageStart.AtLedger(50));
    List<Slice> slices = follower.page(page(60, 60));
    assertThat(slices.get(0).expected()).isEmpty();
    assertThat(stored(slices).since()).isEqualTo(50);
  }

  @Test
  void shouldGoOnAtWhatIsStoredWhateverTheOperatorNames() {
    follow(
        Optional.of(new ChainCursor(Optional.empty(), Optional.of(TOKEN), 100, 100, 1)),
        OptionalLong.of(50),
        "a");
    assertThat(nextPage().start()).isEqualTo(new PageStart.Behind(TOKEN));
    assertThat(stored(follower.page(page(150, 150))).since()).isEqualTo(1);
  }

  @Test
  void shouldBeginAtTheOldestLedgerOfTheNodeThatReachesFurthestBack() {
    follow(Optional.empty(), OptionalLong.empty(), "a", "b", "c");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(health(70, 200));
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    follower.health(health(30, 200));
    assertThat(follower.next()).isEqualTo(new Ask.Health(2));
    follower.health(health(40, 200));
    assertThat(nextPage()).isEqualTo(new Ask.Page(1, new PageStart.AtLedger(30), 1000));
    assertThat(stored(follower.page(page(60, 200))).since()).isEqualTo(30);
  }

  @Test
  void shouldNotWaitForeverForANodeThatDoesNotTellWhereItBegins() {
    follow(Optional.empty(), OptionalLong.empty(), "a", "b");
    for (int tries = 0; tries < 3; tries++) {
      assertThat(follower.next()).isEqualTo(new Ask.Health(0));
      fails(Kind.UNREACHABLE);
      if (tries == 0) {
        assertThat(follower.next()).isEqualTo(new Ask.Health(1));
        follower.health(health(40, 200));
      }
      now = now.plusSeconds(30);
    }
    assertThat(nextPage().start()).isEqualTo(new PageStart.AtLedger(40));
  }

  @Test
  void shouldBeginAgainAtTheOldestLedgerIfTheNodeForgetsItMeanwhile() {
    follow(Optional.empty(), OptionalLong.empty(), "a");
    follower.next();
    follower.health(health(40, 200));
    nextPage();
    outOfRange(41, 201);
    now = now.plusSeconds(1);
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(health(41, 201));
    assertThat(nextPage().start()).isEqualTo(new PageStart.AtLedger(41));
    assertThat(follower.fault()).isEmpty();
  }

  @Test
  void shouldBeginAgainAtTheOldestLedgerIfNothingWasStored() {
    follow(Optional.empty(), OptionalLong.empty(), "a", "b");
    follower.next();
    follower.health(health(40, 200));
    follower.next();
    follower.health(health(30, 200));
    assertThat(nextPage()).isEqualTo(new Ask.Page(1, new PageStart.AtLedger(30), 1000));

    follower.begin(Optional.empty()); // the page did not come into the store
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    follower.health(health(35, 200));
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(health(40, 200));
    assertThat(nextPage()).isEqualTo(new Ask.Page(1, new PageStart.AtLedger(35), 1000));
  }

  /** Another node cannot tell again what was held: its history begins later. */
  @Test
  void shouldNotMissWhatWasHeldWhenItBeginsAtAnotherLedger() {
    follow(Optional.empty(), OptionalLong.empty(), "a", "b");
    follower.next();
    follower.health(health(40, 200));
    follower.next();
    follower.health(health(40, 200));
    assertThat(nextPage().source()).isZero();
    assertThat(follower.page(full(200, at(45, 1, 0), at(45, 1, 1)))).isEmpty();
    nextPage();
    outOfRange(65, 210);

    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    follower.health(health(60, 210));
    now = now.plusSeconds(1);
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(health(65, 210));
    assertThat(nextPage()).isEqualTo(new Ask.Page(1, new PageStart.AtLedger(60), 1000));
    follower.page(page(150, 210));
    assertThat(follower.fault()).isEmpty();
  }

  @Test
  void shouldAskANodeThatDoesNotGoOnLessAndLessOften() {
    followFrom100("a");
    Duration pause = Duration.ZERO;
    for (int i = 0; i < 10; i++) {
      nextPage();
      follower.page(page(100, 200));
      Instant due = ((Ask.Pause) follower.next()).until();
      pause = Duration.between(now, due);
      now = due;
    }
    assertThat(pause).isGreaterThan(Duration.ofSeconds(14));
  }

  @Test
  void shouldStoreTheAnswersOwnCursorAfterAPageThatIsNotFull() {
    followFrom100("a");
    nextPage();
    DecodedPage answer = page(150, 150, at(120, 1, 0));
    List<Slice> slices = follower.page(answer);
    assertThat(slices).hasSize(1);
    assertThat(stored(slices).token()).contains(answer.page().cursor());
    assertThat(stored(slices).scanned()).isEqualTo(150);
    assertThat(stored(slices).last()).contains(new ChainPosition(120, 1, 0, 0));
    assertThat(nextPageAfterPoll().start()).isEqualTo(new PageStart.Behind(answer.page().cursor()));
  }

  private Ask.Page nextPageAfterPoll() {
    now = now.plusMillis(500);
    return nextPage();
  }

  @Test
  void shouldGoOnAtOnceAfterAnEmptyPageThatIsNotTheEnd() {
    followFrom100("a");
    nextPage();
    follower.page(page(10_100, 30_100));
    assertThat(follower.isCaughtUp()).isFalse();
    assertThat(nextPage().start())
        .isEqualTo(new PageStart.Behind(page(10_100, 30_100).page().cursor()));
    List<Slice> second = follower.page(page(20_100, 30_100));
    nextPage();
    assertThat(follower.page(page(30_100, 30_100)).get(0).expected())
        .as("each goes on where the one before has ended")
        .contains(stored(second));
    assertThat(follower.isCaughtUp()).isTrue();
    assertThat(next()).isEqualTo(new Ask.Pause(now.plusMillis(500)));
  }

  /** There may be more in the newest ledger. */
  @Test
  void shouldGoOnAtOnceAfterAFullPageThatEndsInTheNewestLedger() {
    followFrom100("a");
    nextPage();
    follower.page(full(111, at(110, 1, 0), at(111, 1, 0)));
    assertThat(follower.isCaughtUp()).isFalse();
    assertThat(follower.next())
        .isEqualTo(new Ask.Page(0, new PageStart.Behind(at(111, 1, 0).id()), 1000));
  }

  @Test
  void shouldNotGoBackWithTheCursorOfAPage() {
    followFrom100("a");
    nextPage();
    assertThat(follower.page(page(90, 150))).isEmpty();
    assertThat(follower.cursor().orElseThrow().scanned()).isEqualTo(100);
    assertThat(follower.cursor().orElseThrow().token()).contains(TOKEN);
    assertThat(next()).isInstanceOf(Ask.Pause.class);
  }

  /** Of all nodes, as far as they have told. */
  @Test
  void shouldKnowTheNewestLedgerThatAnyNodeHasTold() {
    followFrom100("a");
    nextPage();
    follower.page(page(150, 200));
    nextPage();
    assertThat(stored(follower.page(page(160, 190))).tip()).isEqualTo(200);
  }

  @Test
  void shouldStoreTheLastAppliedEventAfterAFullPage() {
    followFrom100("a");
    nextPage();
    ReadEvent first = at(110, 1, 0);
    ReadEvent second = at(111, 1, 0);
    List<Slice> slices = follower.page(full(150, first, second));
    assertThat(slices.get(0).facts()).containsExactly(first.fact().get());
    assertThat(stored(slices).token()).contains(first.id());
    assertThat(stored(slices).scanned()).isEqualTo(109);
    assertThat(stored(slices).tip()).isEqualTo(150);
    assertThat(nextPage().start()).isEqualTo(new PageStart.Behind(second.id()));
  }

  @Test
  void shouldApplyATransactionWholeAtEveryLimit() {
    for (int limit = 1; limit <= 5; limit++) {
      followFrom100("a");
      List<ReadEvent> all =
          List.of(at(110, 1, 0), at(110, 1, 1), at(110, 1, 2), at(110, 2, 0), at(111, 1, 0));
      int read = 0;
      for (; read + limit <= all.size(); read += limit) {
        nextPage();
        for (Slice slice :
            follower.page(full(150, all.subList(read, read + limit).toArray(ReadEvent[]::new)))) {
          assertThat(slice.facts().get(0).position().event()).as("limit %d", limit).isZero();
          assertThat(slice.next().last().get())
              .as("limit %d", limit)
              .isIn(all.get(2).position(), all.get(3).position(), all.get(4).position());
        }
      }
      nextPage();
      List<Slice> rest =
          follower.page(page(150, 150, all.subList(read, all.size()).toArray(ReadEvent[]::new)));
      assertThat(stored(rest).scanned()).isEqualTo(150);
      assertThat(stored(rest).last()).contains(all.get(4).position());
    }
  }

  @Test
  void shouldCutALongPageBetweenTransactions() {
    followFrom100("a");
    nextPage();
    ReadEvent[] events =
        Stream.iterate(0, i -> i + 1)
            .limit(900)
            .map(i -> at(110 + i / 300, 1 + i % 300 / 100, i % 100))
            .toArray(ReadEvent[]::new);
    List<Slice> slices = follower.page(page(150, 150, events));
    assertThat(slices)
        .extracting(slice -> slice.facts().size())
        .containsExactly(200, 200, 200, 200, 100);
    assertThat(slices.get(0).next().token()).contains(events[199].id());
    assertThat(slices.get(1).expected()).contains(slices.get(0).next());
  }

  @Test
  void shouldNotWriteWhenThereIsNoNews() {
    followFrom100("a");
    nextPage();
    follower.page(page(150, 150));
    nextPageAfterPoll();
    assertThat(follower.page(page(150, 150))).isEmpty();
  }

  static Stream<Arguments> ranges() {
    return Stream.of(
        // scanned is 100
        Arguments.of(1, 99, "lags"),
        Arguments.of(1, 100, "lags"),
        Arguments.of(101, 300, "goes on at 101"),
        Arguments.of(102, 300, "lost"),
        Arguments.of(250, 300, "lost"),
        Arguments.of(50, 300, "failed"));
  }

  @ParameterizedTest
  @MethodSource("ranges")
  void shouldCompareTheNumbersOfARangeError(long oldest, long latest, String outcome) {
    followFrom100("a");
    nextPage();
    outOfRange(oldest, latest);
    switch (outcome) {
      case "lags" -> {
        assertThat(follower.fault()).isEmpty();
        assertThat(next()).isEqualTo(new Ask.Pause(now.plusMillis(500)));
        now = now.plusMillis(500);
        assertThat(nextPage().start()).isEqualTo(new PageStart.Behind(TOKEN));
      }
      case "goes on at 101" -> {
        assertThat(follower.fault()).isEmpty();
        assertThat(nextPage().start()).isEqualTo(new PageStart.AtLedger(101));
        // and only once: the same error again says nothing
        outOfRange(oldest, latest);
        assertThat(next()).isInstanceOf(Ask.Pause.class);
      }
      case "lost" -> {
        assertThat(follower.fault()).contains(new Fault.Gap(101, oldest - 1));
        assertThat(next()).isInstanceOf(Ask.Halt.class);
      }
      default -> {
        assertThat(follower.fault()).isEmpty();
        assertThat(next()).isInstanceOf(Ask.Pause.class);
      }
    }
  }

  static Stream<Arguments> rangesOfChecks() {
    return Stream.of(
        // the last known event is in ledger 100, and the page is asked for from before it on
        Arguments.of(1, 99, "its newest ledger is 99"),
        Arguments.of(100, 300, "goes on"),
        Arguments.of(101, 300, "goes on"),
        Arguments.of(99, 300, "it calls ledger 100 out of its range"),
        Arguments.of(1, 100, "it calls ledger 100 out of its range"));
  }

  /** What a node cannot show it need not have; but it must not be behind what is known. */
  @ParameterizedTest
  @MethodSource("rangesOfChecks")
  void shouldCompareTheNumbersOfARangeErrorAboutTheLastKnownEvent(
      long oldest, long latest, String outcome) {
    followFromEvent("a");
    assertThat(next()).isInstanceOf(Ask.Check.class);
    outOfRange(oldest, latest);
    assertThat(follower.fault()).isEmpty();
    if (outcome.equals("goes on")) {
      assertThat(nextPage().start()).isEqualTo(new PageStart.Behind(TOKEN));
      return;
    }
    assertThat(follower.source().verdict.orElseThrow().message()).isEqualTo(outcome);
    now = ((Ask.Pause) next()).until();
    assertThat(next()).isInstanceOf(Ask.Check.class);
  }

  @Test
  void shouldNotCallItAGapAsLongAsOneNodeMayHaveTheHistory() {
    followFrom100("a", "b", "c");
    nextPage();
    outOfRange(200, 300);
    assertThat(nextPage().source()).isEqualTo(1);
    fails(Kind.UNREACHABLE);
    assertThat(nextPage().source()).isEqualTo(2);
    outOfRange(150, 300);
    assertThat(follower.fault()).isEmpty();
    now = now.plusSeconds(1);
    assertThat(nextPage().source()).isEqualTo(1);
    assertThat(follower.page(page(300, 300))).hasSize(1);
    assertThat(follower.fault()).isEmpty();
  }

  /** In a row means without an answer between. */
  @Test
  void shouldCountTheFailuresOfANodeFromItsLastAnswerOn() {
    followFrom100("a");
    for (int i = 0; i < 4; i++) {
      nextPage();
      fails(Kind.UNREACHABLE);
      now = now.plusSeconds(30);
    }
    nextPage();
    outOfRange(1, 90);
    now = now.plusSeconds(30);
    nextPage();
    fails(Kind.UNREACHABLE);
    assertThat(follower.sources().verdicts().values())
        .extracting(Verdict::kind)
        .containsExactly(Verdict.Kind.SILENT);
  }

  /** The first one may have the ledgers that come now. */
  @Test
  void shouldForgetWhatNodesCouldNotDoWhenAnotherBringsTheCursorOn() {
    followFrom100("a", "b");
    nextPage();
    outOfRange(150, 300);
    assertThat(nextPage().source()).isEqualTo(1);
    follower.page(page(160, 300));
    nextPage();
    outOfRange(200, 300);
    assertThat(follower.fault()).isEmpty();
  }

  /** Many pages may bring events of one ledger, before it is read to its end. */
  @Test
  void shouldForgetWhatANodeCouldNotDoWhenAnotherGoesOnInTheSameLedger() {
    followFrom100("a", "b");
    nextPage();
    follower.page(full(150, broken(101, 1, 0)));
    assertThat(nextPage().source()).isEqualTo(1);
    follower.page(full(150, at(101, 1, 0), at(101, 2, 0), at(101, 3, 0)));
    assertThat(follower.cursor().orElseThrow().scanned()).isEqualTo(100);
    nextPage();
    follower.page(full(150, broken(101, 3, 1)));
    assertThat(follower.fault()).as("nobody has asked the first node for it").isEmpty();
  }

  @Test
  void shouldNameTheSmallestGapOfAllNodes() {
    followFrom100("a", "b");
    nextPage();
    outOfRange(200, 300);
    nextPage();
    outOfRange(150, 300);
    assertThat(follower.fault()).contains(new Fault.Gap(101, 149));
  }

  @ParameterizedTest
  @ValueSource(longs = {102, 200})
  void shouldTakeAnEmptyPageOutOfRetentionForLostHistory(long oldest) {
    followFrom100("a");
    nextPage();
    assertThat(follower.page(emptyOf(oldest))).isEmpty();
    assertThat(follower.fault()).contains(new Fault.Gap(101, oldest - 1));
  }

  @Test
  void shouldGoOnWithAnEmptyPageOfANodeThatBeginsWithTheNextLedger() {
    followFrom100("a");
    nextPage();
    assertThat(stored(follower.page(emptyOf(101))).scanned()).isEqualTo(300);
    assertThat(follower.fault()).isEmpty();
  }

  private static DecodedPage emptyOf(long oldest) {
    EventPage all = page(300, 300).page();
    EventPage told =
        new EventPage(
            List.of(), 1000, all.cursor(), 300, OptionalLong.of(oldest), OptionalLong.empty());
    return new DecodedPage(told, List.of());
  }

  @Test
  void shouldFaultWhenAllNodesAreFarBehindForTenMinutes() {
    follow(
        Optional.of(new ChainCursor(Optional.empty(), Optional.of(TOKEN), 5000, 5000, 1)),
        OptionalLong.empty(),
        "a",
        "b");
    Instant begin = now;
    while (follower.fault().isEmpty() && now.isBefore(begin.plusSeconds(1000))) {
      for (int node = 0; node < 2 && follower.fault().isEmpty(); node++) {
        outOfRange(1, nextPage().source() == 0 ? 3998 : 3999);
      }
      now = now.plusSeconds(10);
    }
    assertThat(follower.fault()).contains(new Fault.TipBehind(5000, 3999));
    assertThat(Duration.between(begin, now))
        .isBetween(Duration.ofSeconds(600), Duration.ofSeconds(620));
  }

  @Test
  void shouldWaitForNodesThatAreOneLedgerShortOfTooFarBehind() {
    follow(
        Optional.of(new ChainCursor(Optional.empty(), Optional.of(TOKEN), 5000, 5000, 1)),
        OptionalLong.empty(),
        "a");
    for (int i = 0; i < 100; i++) {
      nextPage();
      outOfRange(1, 4000);
      now = now.plusSeconds(10);
    }
    assertThat(follower.fault()).isEmpty();
  }

  /**
   * A jump must not be taken for the ten minutes that are given to them, which is a final fault.
   */
  @Test
  void shouldNotGiveUpBecauseTheClockWasSetAhead() {
    follow(
        Optional.of(new ChainCursor(Optional.empty(), Optional.of(TOKEN), 5000, 5000, 1)),
        OptionalLong.empty(),
        "a");
    nextPage();
    outOfRange(1, 3999);
    set = Duration.ofDays(365);
    now = now.plusSeconds(10);
    nextPage();
    outOfRange(1, 3999);
    assertThat(follower.fault()).isEmpty();
  }

  @Test
  void shouldNotFallSilentBecauseTheClockWasSetBack() {
    followFrom100("a");
    nextPage();
    follower.page(page(150, 150));
    set = Duration.ofDays(-365);
    assertThat(nextPageAfterPoll().start()).isInstanceOf(PageStart.Behind.class);
    fails(Kind.UNREACHABLE);
    now = now.plusSeconds(1);
    nextPage();
    set = Duration.ofDays(-730);
    now = now.plusSeconds(60); // it is asked how it is, as ever
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
  }

  @Test
  void shouldTakeTheNextNodeWhenOneLagsAndStayThere() {
    followFrom100("a", "b");
    nextPage();
    outOfRange(1, 50);
    assertThat(nextPage().source()).isEqualTo(1);
    follower.page(page(150, 150));
    assertThat(nextPageAfterPoll().source()).isEqualTo(1);
  }

  @Test
  void shouldTakeANodeThatIsFurtherThanAStaleOne() {
    followFrom100("a", "b");
    follower.next();
    follower.health(
        new SourceHealth(true, "28", 100, 1, OptionalLong.of(now.getEpochSecond() - 250)));
    assertThat(follower.next()).isInstanceOf(Ask.Page.class);
    follower.page(page(100, 100));
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    follower.health(health(101, 150)); // it needs the next ledger, and none before
    assertThat(nextPage().source()).isEqualTo(1);
  }

  @Test
  void shouldStayWithAStaleNodeIfTheOtherFailsAndSayWhichOneFailed() {
    followFrom100("a", "b");
    follower.next();
    follower.health(
        new SourceHealth(true, "28", 100, 1, OptionalLong.of(now.getEpochSecond() - 250)));
    follower.next();
    assertThat(follower.asked().name).isEqualTo("a");
    follower.page(page(100, 100));
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    assertThat(follower.asked().name).isEqualTo("b");
    fails(Kind.UNREACHABLE);
    assertThat(follower.source().name).isEqualTo("a");
    assertThat(follower.next()).isInstanceOf(Ask.Pause.class);
  }

  @Test
  void shouldHalveThePageWhenTheNodeAsksForFewer() {
    followFrom100("a");
    nextPage();
    fails(Kind.TOO_MUCH);
    now = now.plusSeconds(1);
    assertThat(nextPage().limit()).isEqualTo(500);
    follower.page(full(150, at(110, 1, 0)));
    assertThat(nextPage().limit()).as("it grows with each full page").isBetween(501, 600);
  }

  @Test
  void shouldStopBeforeTheTransactionOfAnEventThatCannotBeDecoded() {
    followFrom100("a");
    nextPage();
    ReadEvent before = at(110, 1, 0);
    List<Slice> slices =
        follower.page(page(150, 150, before, at(110, 2, 0), broken(110, 2, 1), at(111, 1, 0)));
    assertThat(slices).hasSize(1);
    assertThat(slices.get(0).facts()).containsExactly(before.fact().get());
    assertThat(stored(slices).token()).contains(before.id());
    assertThat(follower.fault())
        .containsInstanceOf(Fault.Undecodable.class)
        .hasValueSatisfying(
            fault -> assertThat(fault.reason()).contains(broken(110, 2, 1).id(), "byte 7"));
    assertThat(next()).isEqualTo(new Ask.Pause(now.plusSeconds(60)));
    now = now.plusSeconds(60);
    nextPageChecked(before);
    assertThat(follower.page(page(150, 150, at(110, 2, 0), broken(110, 2, 1)))).isEmpty();
    assertThat(follower.fault()).isPresent();
  }

  /** The node shows the last event that is known, and is asked for the next page. */
  private Ask.Page nextPageChecked(ReadEvent last) {
    assertThat(next()).isInstanceOf(Ask.Check.class);
    assertThat(follower.checked(page(150, 150, last))).contains(last);
    return nextPage();
  }

  @Test
  void shouldTryAnEventOnEveryNodeBeforeItIsAFault() {
    followFrom100("a", "b");
    nextPage();
    follower.page(page(150, 150, broken(110, 1, 0)));
    assertThat(follower.fault()).isEmpty();
    assertThat(nextPage().source()).isEqualTo(1);
    ReadEvent good = at(110, 1, 0);
    assertThat(follower.page(page(150, 150, good)).get(0).facts())
        .containsExactly(good.fact().get());
    assertThat(follower.fault()).isEmpty();
  }

  @Test
  void shouldLeaveOutAnEventThatIsPutAsideAndNothingElse() {
    followFrom100("a");
    nextPage();
    ReadEvent[] events = {at(110, 1, 0), broken(110, 1, 1), at(110, 1, 2)};
    follower.page(page(150, 150, events));
    assertThat(follower.sources().defect()).isPresent();
    follower.putAside(events[1].id());
    follower.sources().tryAtOnce();
    follower.begin(follower.cursor());
    nextPage();
    assertThat(follower.page(page(150, 150, events)).get(0).facts())
        .containsExactly(events[0].fact().get(), events[2].fact().get());
  }

  @Test
  void shouldGoOnBehindAFullPageOfEventsThatArePutAside() {
    followFrom100("a");
    nextPage();
    follower.page(full(150, broken(110, 1, 0)));
    follower.putAside(broken(110, 1, 0).id());
    follower.sources().tryAtOnce();
    follower.begin(follower.cursor());
    nextPage();
    follower.page(full(150, broken(110, 1, 0)));
    assertThat(nextPage().start()).isEqualTo(new PageStart.Behind(broken(110, 1, 0).id()));
  }

  @Test
  void shouldCompareANodeThatDoesNotAnswerNoMore() {
    followFrom100("a", "b");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(new SourceHealth(false, "28", 200, 1, OptionalLong.empty()));
    assertThat(nextPage().source()).isZero();
    follower.page(page(200, 200));
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    fails(Kind.UNREACHABLE);
    assertThat(follower.sources().dueForComparison(now.plusSeconds(60))).isEmpty();
    assertThat(follower.source().name).isEqualTo("a");
  }

  @Test
  void shouldNameBothNodesThatDisagreeAboutAnEventThatIsHeld() {
    followFrom100("a", "b");
    nextPage();
    follower.page(full(150, at(110, 1, 0, 7)));
    nextPage();
    fails(Kind.UNREACHABLE);
    assertThat(nextPage()).isEqualTo(new Ask.Page(1, new PageStart.Behind(TOKEN), 1000));
    assertThat(follower.page(full(150, at(110, 1, 0, 8)))).isEmpty();
    assertThat(follower.fault())
        .hasValueSatisfying(
            fault ->
                assertThat(fault.reason())
                    .contains("a and b disagree about event " + at(110, 1, 0).id()));
    assertThat(next()).isInstanceOf(Ask.Halt.class);
  }

  @Test
  void shouldNameBothNodesThatTellOfDifferentTransactions() {
    followFrom100("a", "b");
    nextPage();
    ReadEvent held = at(110, 1, 0);
    follower.page(full(150, held));
    nextPage();
    fails(Kind.UNREACHABLE);
    nextPage();
    assertThat(follower.page(full(150, inAnotherTransaction(held)))).isEmpty();
    assertThat(follower.fault())
        .hasValueSatisfying(
            fault ->
                assertThat(fault.reason())
                    .contains("a and b disagree about event " + held.id())
                    .contains(held.fact().orElseThrow().transactionHash()));
  }

  @Test
  void shouldNameBothNodesIfOneDoesNotHaveAnEventThatIsHeld() {
    followFrom100("a", "b");
    nextPage();
    follower.page(full(150, at(110, 1, 0, 7)));
    nextPage();
    fails(Kind.UNREACHABLE);
    nextPage();
    assertThat(follower.page(page(150, 150))).isEmpty();
    assertThat(follower.fault()).containsInstanceOf(Fault.Disagreement.class);
  }

  /**
   * Which of them is right nobody can say: to go on with one would be to skip what the other has.
   */
  @Test
  void shouldNameBothNodesIfOneDoesNotHaveAnEventThatTheOtherOneGarbles() {
    followFrom100("a", "b");
    nextPage();
    follower.page(page(150, 150, broken(110, 1, 0)));
    assertThat(follower.fault()).isEmpty();
    assertThat(nextPage().source()).isEqualTo(1);
    assertThat(follower.page(page(150, 150))).isEmpty();
    assertThat(follower.fault())
        .hasValueSatisfying(
            fault ->
                assertThat(fault.reason())
                    .contains("a and b disagree about event " + broken(110, 1, 0).id()));
  }

  /** Behind its address there may be another one by then. */
  @Test
  void shouldNotGoOnWithANodeThatDoesNotTellAgainWhatItHasTold() {
    followFrom100("a");
    nextPage();
    follower.page(full(150, at(110, 1, 0)));
    nextPage();
    fails(Kind.UNREACHABLE);
    now = now.plusSeconds(1);
    nextPage();
    assertThat(follower.page(page(150, 150))).isEmpty();
    assertThat(follower.fault())
        .hasValueSatisfying(
            fault ->
                assertThat(fault.reason()).contains(at(110, 1, 0).id(), "before, and not again"));
  }

  /** A node can only miss what is in the ledgers of its answer. */
  @ParameterizedTest
  @CsvSource({"109, false", "110, true"})
  void shouldMissAnEventOnlyInAnAnswerThatReachesIt(long through, boolean missed) {
    followFrom100("a", "b");
    nextPage();
    follower.page(full(150, at(110, 1, 0)));
    nextPage();
    fails(Kind.UNREACHABLE);
    assertThat(nextPage().source()).isEqualTo(1);
    follower.page(page(through, through));
    assertThat(follower.fault().isPresent()).isEqualTo(missed);
  }

  @Test
  void shouldMissAnEventThatAFullPageLeavesOut() {
    followFrom100("a", "b");
    nextPage();
    follower.page(full(150, at(110, 1, 0), at(111, 1, 0)));
    nextPage();
    fails(Kind.UNREACHABLE);
    assertThat(nextPageChecked(at(110, 1, 0)).source()).isEqualTo(1);
    assertThat(follower.page(full(150, at(112, 1, 0), at(113, 1, 0)))).isEmpty();
    assertThat(follower.fault())
        .hasValueSatisfying(
            fault -> assertThat(fault.reason()).contains(at(111, 1, 0).id(), "only the first"));
  }

  @Test
  void shouldAskANodeForTheLastKnownEventBeforeItsFirstPage() {
    followFromEvent("a");
    assertThat(next())
        .isEqualTo(
            new Ask.Check(
                0,
                new PageStart.Behind(
                    EventId.of(new ChainPosition(100, 1, 0, 0)).before().toString()),
                1000));
    ReadEvent last = at(100, 1, 0);
    assertThat(follower.checked(page(150, 150, last, at(120, 1, 0)))).contains(last);
    assertThat(nextPage().start()).isEqualTo(new PageStart.Behind(TOKEN));
  }

  @Test
  void shouldCallItAnotherChainIfNoNodeHasTheLastKnownEvent() {
    followFromEvent("a", "b");
    next();
    assertThat(follower.checked(page(150, 150))).isEmpty();
    assertThat(follower.fault()).isEmpty();
    next();
    assertThat(follower.checked(page(150, 150))).isEmpty();
    assertThat(follower.fault()).containsInstanceOf(Fault.OtherChain.class);
    assertThat(next()).isInstanceOf(Ask.Halt.class);
  }

  @Test
  void shouldRejectANodeWhoseFullPageLeavesOutTheLastKnownEvent() {
    followFromEvent("a", "b");
    next();
    assertThat(follower.checked(full(150, at(120, 1, 0), at(121, 1, 0)))).isEmpty();
    Ask other = next();
    assertThat(other).isInstanceOf(Ask.Check.class);
    assertThat(((Ask.Check) other).source()).isEqualTo(1);
  }

  @Test
  void shouldNotAskANodeForAnEventThatItHasForgotten() {
    followFromEvent("a");
    follower.next();
    follower.health(health(101, 200));
    assertThat(follower.next()).isInstanceOf(Ask.Page.class);
  }

  @Test
  void shouldNotAskForAnEventThatIsPutAside() {
    followFromEvent("a");
    follower.putAside(at(100, 1, 0).id());
    assertThat(next()).isInstanceOf(Ask.Page.class);
  }

  @Test
  void shouldNotBlameANodeThatDoesNotReachTheLastKnownEvent() {
    followFromEvent("a");
    next();
    assertThat(follower.checked(page(99, 99))).isEmpty();
    assertThat(follower.fault()).isEmpty();
    assertThat(next()).isInstanceOf(Ask.Page.class);
  }

  /** A node that has what is known may never tell what comes next. */
  @Test
  void shouldCountFailuresInARowThoughTheNodeShowsTheLastKnownEventBetween() {
    followFromEvent("a");
    Duration pause = Duration.ZERO;
    for (int failures = 1; failures <= 8; failures++) {
      nextPageChecked(at(100, 1, 0));
      fails(Kind.UNUSABLE);
      assertThat(follower.fault().isPresent()).isEqualTo(failures >= 3);
      Instant due = ((Ask.Pause) next()).until();
      pause = Duration.between(now, due);
      now = due;
    }
    assertThat(pause).isGreaterThan(Duration.ofSeconds(14));
    nextPageChecked(at(100, 1, 0));
    follower.page(page(150, 150));
    assertThat(follower.fault()).isEmpty();
    assertThat(follower.source().failures).isZero();
  }

  @Test
  void shouldAskForTheLastKnownEventAgainWhenItBeginsAgain() {
    followFromEvent("a");
    nextPageChecked(at(100, 1, 0));
    follower.begin(follower.cursor());
    assertThat(next()).isInstanceOf(Ask.Check.class);
  }

  /** Behind its address there may be another node by then. */
  @Test
  void shouldAskForTheLastKnownEventAgainAfterAFailure() {
    followFromEvent("a");
    nextPageChecked(at(100, 1, 0));
    follower.page(page(150, 150));
    nextPageAfterPoll();
    fails(Kind.UNREACHABLE);
    now = now.plusSeconds(1);
    assertThat(next()).isInstanceOf(Ask.Check.class);
  }

  /** It is there, and the log has it: nothing else is to be found out. */
  @Test
  void shouldGoOnWithANodeThatGarblesTheLastKnownEvent() {
    followFromEvent("a");
    next();
    assertThat(follower.checked(page(150, 150, broken(100, 1, 0)))).isEmpty();
    assertThat(nextPage().start()).isEqualTo(new PageStart.Behind(TOKEN));
  }

  @Test
  void shouldNotBlameANodeThatHasForgottenTheLastKnownEventMeanwhile() {
    followFromEvent("a");
    next();
    EventPage told = page(150, 150).page();
    EventPage forgotten =
        new EventPage(
            List.of(), 1000, told.cursor(), 150, OptionalLong.of(101), OptionalLong.empty());
    assertThat(follower.checked(new DecodedPage(forgotten, List.of()))).isEmpty();
    assertThat(follower.fault()).isEmpty();
    assertThat(next()).isInstanceOf(Ask.Page.class);
  }

  @Test
  void shouldBlameANodeThatEndsWithTheLedgerOfTheLastKnownEvent() {
    followFromEvent("a");
    next();
    assertThat(follower.checked(page(100, 100))).isEmpty();
    assertThat(follower.fault()).containsInstanceOf(Fault.OtherChain.class);
  }

  @Test
  void shouldForgetFailuresWhenTheNodeAnswersAgainThoughThereIsNoNews() {
    followFrom100("a");
    nextPage();
    follower.page(page(100, 100));
    assertThat(follower.isCaughtUp()).isTrue();
    for (int round = 1; round <= 2; round++) {
      for (int failures = 1; failures <= 3; failures++) {
        now = now.plusSeconds(30);
        nextPage();
        fails(Kind.UNUSABLE);
        assertThat(follower.isCaughtUp()).isFalse();
        assertThat(follower.fault().isPresent()).isEqualTo(failures == 3);
      }
      now = now.plusSeconds(30);
      nextPage();
      follower.page(page(100, 100));
      assertThat(follower.fault()).isEmpty();
      assertThat(follower.source().verdict).isEmpty();
      assertThat(follower.isCaughtUp()).isTrue();
    }
    now = now.plusSeconds(30);
    nextPage();
    fails(Kind.UNREACHABLE);
    assertThat(((Ask.Pause) next()).until())
        .as("the first failure in a row")
        .isBeforeOrEqualTo(now.plus(BackOff.FIRST));
  }

  @Test
  void shouldCompareOthersWithANodeThatSaysItIsNotWell() {
    followFrom100("a", "b");
    follower.next();
    follower.health(new SourceHealth(false, "28", 200, 1, OptionalLong.of(now.getEpochSecond())));
    assertThat(nextPage().source()).isZero();
    follower.page(page(200, 200));
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
  }

  @Test
  void shouldStopUntilAnotherNetworkIsMended() {
    followFrom100("a");
    next();
    fails(Kind.OTHER_NETWORK);
    assertThat(follower.fault()).containsInstanceOf(Fault.WrongNetwork.class);
    now = now.plusSeconds(30);
    nextPage();
    follower.page(page(150, 150));
    assertThat(follower.fault()).isEmpty();
  }

  @Test
  void shouldTellHowNodesAreWhileItStandsStill() {
    followFrom100("a");
    nextPage();
    outOfRange(200, 300);
    assertThat(follower.next()).isInstanceOf(Ask.Halt.class);
    now = now.plusSeconds(60);
    for (int failures = 1; failures <= 4; failures++) {
      assertThat(follower.next()).isEqualTo(new Ask.Health(0));
      fails(Kind.UNREACHABLE);
      assertThat(follower.source().verdict.orElseThrow().message()).isEqualTo("it failed");
      assertThat(follower.next()).isInstanceOf(Ask.Halt.class);
      now = follower.source().due();
    }
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(health(200, 300));
    assertThat(follower.source().failures).isZero();
    now = now.plusSeconds(60);
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    fails(Kind.UNREACHABLE);
    assertThat(follower.source().due())
        .as("the first failure in a row")
        .isBetween(now, now.plus(BackOff.FIRST));
  }

  @Test
  void shouldNameAnotherNetworkThoughItHasNotBegun() {
    follow(Optional.empty(), OptionalLong.empty(), "a");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    fails(Kind.OTHER_NETWORK);
    assertThat(follower.fault()).containsInstanceOf(Fault.WrongNetwork.class);
  }

  @Test
  void shouldForgetTheFailuresOfANodeThatTellsWhereItBegins() {
    follow(Optional.empty(), OptionalLong.empty(), "a", "b");
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    fails(Kind.UNREACHABLE);
    assertThat(follower.next()).isEqualTo(new Ask.Health(1));
    follower.health(health(40, 200));
    now = now.plusSeconds(1);
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(health(50, 200));
    assertThat(follower.sources().get(0).failures).isZero();
    assertThat(nextPage()).isEqualTo(new Ask.Page(1, new PageStart.AtLedger(40), 1000));
  }

  @Test
  void shouldNotCallANodeUnusableForOneWrongAnswer() {
    followFrom100("a");
    for (int failures = 1; failures <= 3; failures++) {
      nextPage();
      fails(Kind.UNUSABLE);
      assertThat(follower.fault().isPresent()).isEqualTo(failures == 3);
      now = now.plusSeconds(30);
    }
  }

  /** It has answered, as one does that lags and says so with an empty page. */
  @Test
  void shouldNotCountTheRangeOfANodeThatLagsForAFailure() {
    followFrom100("a");
    for (int i = 0; i < 5; i++) {
      nextPage();
      outOfRange(1, 99);
      now = now.plusMillis(500);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(follower.fault()).isEmpty();
      nextPage();
      fails(Kind.UNUSABLE);
      now = now.plusSeconds(60);
    }
    assertThat(follower.fault()).containsInstanceOf(Fault.Unusable.class);
  }

  /** They may come back, and nothing has to be mended here. */
  @Test
  void shouldWaitForNodesThatDoNotAnswerHoweverLong() {
    followFrom100("a", "b");
    keepFailing(Kind.UNREACHABLE, Kind.UNREACHABLE);
    assertThat(follower.sources().verdicts().values())
        .extracting(Verdict::kind)
        .containsExactly(Verdict.Kind.DEAD, Verdict.Kind.DEAD);
    assertThat(follower.fault()).isEmpty();
    keepFailing(Kind.UNREACHABLE, Kind.UNUSABLE);
    assertThat(follower.sources().verdicts().values())
        .extracting(Verdict::kind)
        .containsExactly(Verdict.Kind.DEAD, Verdict.Kind.UNUSABLE);
    assertThat(follower.fault()).isEmpty();
  }

  private void keepFailing(Kind first, Kind second) {
    for (int i = 0; i < 50; i++) {
      Ask ask = next();
      if (ask instanceof Ask.Pause pause) {
        now = pause.until();
      } else {
        fails(((Ask.Page) ask).source() == 0 ? first : second);
      }
    }
  }

  /** Whoever is silent may have the newest ledgers. */
  @Test
  void shouldNotCallTheTipFarBehindWhileANodeIsSilent() {
    follow(
        Optional.of(new ChainCursor(Optional.empty(), Optional.of(TOKEN), 5000, 5000, 1)),
        OptionalLong.empty(),
        "a",
        "b");
    for (Instant end = now.plusSeconds(1200); now.isBefore(end); now = now.plusSeconds(10)) {
      for (int node = 0; node < 2; node++) {
        Ask ask = next();
        if (ask instanceof Ask.Page page && page.source() == 0) {
          outOfRange(1, 3000);
        } else if (ask instanceof Ask.Page) {
          fails(Kind.UNREACHABLE);
        }
      }
    }
    assertThat(follower.sources().verdicts()).hasSize(2);
    assertThat(follower.fault()).isEmpty();
  }

  @Test
  void shouldCallItAnotherChainOnlyIfEveryNodeHasSaidWhatItHas() {
    followFromEvent("a", "b");
    next();
    assertThat(follower.checked(page(150, 150))).isEmpty();
    for (int failures = 1; failures <= 3; failures++) {
      assertThat(((Ask.Check) next()).source()).isEqualTo(1);
      fails(Kind.UNUSABLE);
      now = now.plusSeconds(10);
    }
    assertThat(follower.fault()).containsInstanceOf(Fault.Unusable.class);
  }

  @Test
  void shouldObeyWhatABusyNodeAsksFor() {
    followFrom100("a");
    next();
    follower.failed(ChainSourceException.busy("later", Optional.of(Duration.ofMinutes(5))));
    assertThat(next()).isEqualTo(new Ask.Pause(now.plusSeconds(300)));
  }

  @Test
  void shouldApplyOverlappingAndRepeatedEventsInTheirOrder() {
    followFrom100("a");
    nextPage();
    follower.page(full(150, at(110, 1, 0), at(111, 1, 0)));
    nextPage();
    List<Slice> slices =
        follower.page(page(150, 150, at(110, 1, 0), at(111, 1, 0), at(111, 1, 0), at(112, 1, 0)));
    assertThat(slices.get(0).facts())
        .extracting(fact -> fact.position().ledger())
        .containsExactly(110L, 111L, 112L);
    assertThat(stored(slices).last()).contains(new ChainPosition(112, 1, 0, 0));
  }

  /** Events that are known may come again; the cursor is that of the newest ones. */
  @Test
  void shouldNotGoBackToEventsThatAreToldAgain() {
    followFromEvent("a");
    nextPageChecked(at(100, 1, 0));
    List<Slice> again = follower.page(page(150, 150, at(95, 1, 0)));
    assertThat(stored(again).last()).contains(new ChainPosition(100, 1, 0, 0));
    nextPageAfterPoll();
    List<Slice> full = follower.page(full(160, at(96, 1, 0), at(97, 1, 0), at(151, 1, 0)));
    assertThat(stored(full).last()).contains(new ChainPosition(100, 1, 0, 0));
    assertThat(stored(full).scanned()).isEqualTo(150);

    followFrom100("a"); // as after a reset: no event is known
    nextPage();
    assertThat(stored(follower.page(full(150, at(95, 1, 0), at(120, 1, 0)))).scanned())
        .isEqualTo(100);
  }

  /** Where nothing is held, it is the log that knows whether an event is another one. */
  @Test
  void shouldHandOnWhatIsToldAgainOtherwise() {
    followFrom100("a");
    nextPage();
    follower.page(page(150, 150, at(110, 1, 0, 7)));
    nextPageAfterPoll();
    ReadEvent other = at(110, 1, 0, 8);
    assertThat(follower.page(page(151, 151, other)).get(0).facts())
        .containsExactly(other.fact().orElseThrow());
    assertThat(follower.fault()).isEmpty();
  }

  /** A second reading may be why it rests. What it has told of a transaction binds nobody else. */
  @Test
  void shouldReadWhatIsNotWholeAgainFromTheNodeThatTakesThePlaceOfOneThatRests() {
    followFrom100("a", "b");
    nextPage();
    follower.page(full(150, at(110, 1, 0), at(110, 1, 1)));
    follower
        .source()
        .rereadFailed(ChainSourceException.busy("busy", Optional.empty()), Duration.ZERO, now);
    assertThat(nextPage()).isEqualTo(new Ask.Page(1, new PageStart.Behind(TOKEN), 1000));
    List<Slice> slices = follower.page(page(150, 150, at(110, 1, 0), at(110, 1, 1), at(110, 1, 2)));
    assertThat(slices).singleElement().satisfies(one -> assertThat(one.facts()).hasSize(3));
  }

  /** More than any transaction can have: memory must not grow with it. */
  @Test
  void shouldNotHoldATransactionThatNeverEnds() {
    followFrom100("a");
    int told = 0;
    while (told <= Transactions.MOST_HELD) {
      nextPage();
      ReadEvent[] more = new ReadEvent[1000];
      for (int i = 0; i < more.length; i++) {
        more[i] = at(110, 1, told++);
      }
      assertThat(follower.page(full(150, more))).isEmpty();
    }
    assertThat(follower.source().verdict.orElseThrow().message()).contains("never ends");
    assertThat(next()).isInstanceOf(Ask.Pause.class);
  }

  static Stream<Arguments> wrongAnswers() {
    return Stream.of(
        Arguments.of("not in order", page(150, 150, at(112, 1, 0), at(111, 1, 0))),
        Arguments.of("cursor beyond the newest ledger", page(151, 150)),
        Arguments.of("an event beyond the cursor", page(150, 160, at(155, 1, 0))),
        Arguments.of("no cursor", page(1000, "later", 150)));
  }

  @ParameterizedTest
  @MethodSource("wrongAnswers")
  void shouldApplyNothingOfAnAnswerThatContradictsItself(String what, DecodedPage answer) {
    followFrom100("a");
    nextPage();
    assertThat(follower.page(answer)).as(what).isEmpty();
    assertThat(follower.cursor().get().scanned()).isEqualTo(100);
    assertThat(next()).isInstanceOf(Ask.Pause.class);
  }

  @Test
  void shouldNotGoRoundWithTheSameFullPage() {
    followFrom100("a");
    nextPage();
    follower.page(full(150, at(110, 1, 0), at(111, 1, 0)));
    nextPage();
    assertThat(follower.page(full(150, at(110, 1, 0), at(111, 1, 0)))).isEmpty();
    assertThat(next()).isInstanceOf(Ask.Pause.class);
  }

  /** It tells again what is known, and has nothing else. */
  @Test
  void shouldNotReadAFullPageOfANodeThatIsBehind() {
    followFrom100("a");
    nextPage();
    assertThat(follower.page(full(99, at(98, 1, 0), at(99, 1, 0)))).isEmpty();
    assertThat(follower.source().verdict.orElseThrow().is(Verdict.Kind.LAGS)).isTrue();
    assertThat(next()).isInstanceOf(Ask.Pause.class);
  }

  /** An administrator may have moved the cursor to where the first one has everything. */
  @Test
  void shouldForgetWhatNodesCouldNotDoWhenItBeginsAgain() {
    followFrom100("a", "b");
    nextPage();
    outOfRange(200, 300);
    follower.begin(follower.cursor());
    assertThat(nextPage().source()).isEqualTo(1);
    outOfRange(200, 300);
    assertThat(follower.fault()).isEmpty();
  }

  /** A subscriber must hear of a stream before its fee, which the contract tells first. */
  @Test
  void shouldHandOnACreationBeforeItsFee() {
    followFrom100("a");
    nextPage();
    ReadEvent fee = fee(new ChainPosition(110, 1, 0, 0), 7);
    ReadEvent creation = created(new ChainPosition(110, 1, 0, 1), 7);
    List<Slice> slices = follower.page(page(150, 150, fee, creation));
    assertThat(slices.get(0).facts())
        .containsExactly(creation.fact().orElseThrow(), fee.fact().orElseThrow());
    assertThat(stored(slices).last()).contains(creation.position());
  }
}

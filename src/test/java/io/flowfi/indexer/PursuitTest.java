package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.at;
import static io.flowfi.indexer.ToldEvents.page;
import static io.flowfi.indexer.ToldEvents.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.OtherChainException;
import io.flowfi.ledger.PutAside;
import io.flowfi.log.LogPosition;
import io.flowfi.logs.LoggedLines;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Parties;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the operator hears of what the indexer meets. Everything up to ledger 100 is known. */
class PursuitTest {
  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

  private Instant now = START;
  private final ScriptedSource source = new ScriptedSource("a", new HashMap<>());
  private final LogInMemory log = new LogInMemory();
  private OptionalLong begin = OptionalLong.empty();
  private Pursuit pursuit;

  @BeforeEach
  void follow() {
    log.cursor = Optional.of(scanned(100));
    log.writing =
        facts -> {
          boolean moved = facts.expected().equals(log.cursor);
          log.cursor = moved ? facts.next() : log.cursor;
          return CompletableFuture.completedFuture(
              new AppliedFacts(log.cursor, moved, moved ? facts.facts().size() : 0, 0, Map.of()));
        };
    pursuit = pursuit();
  }

  private Pursuit pursuit() {
    return pursuit(source);
  }

  private Pursuit pursuit(ScriptedSource... nodes) {
    return new Pursuit(
        List.of(nodes),
        anomalies -> source,
        log,
        new IndexerSettings(begin, Duration.ofMillis(500), Optional.empty()),
        new Clocks(() -> now, () -> Duration.between(START, now).toNanos()));
  }

  private static ChainCursor scanned(long ledger) {
    return new ChainCursor(Optional.empty(), Optional.empty(), ledger, ledger, 1);
  }

  private void steps() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      pursuit.step();
      now = now.plusMillis(500);
    }
  }

  /** The node answers an empty page, and that it has lost the ledgers before this one. */
  private void nodeHasLostEverythingBefore(long oldest) {
    EventPage told = page(300, 300).page();
    source.answer =
        new DecodedPage(
            new EventPage(
                List.of(), 1000, told.cursor(), 300, OptionalLong.of(oldest), OptionalLong.empty()),
            List.of());
  }

  private static ReadEvent upgradedIn(long ledger) {
    return told(
        new ChainPosition(ledger, 1, 0, 0),
        new ProtocolFact.ContractUpgraded("0a", "0b"),
        "executable_update");
  }

  @Test
  void shouldWarnWhenTheCodeOfTheContractWasChanged() throws Exception {
    source.answer = page(110, 110, upgradedIn(105));
    try (LoggedLines lines = LoggedLines.of(Pursuit.class)) {
      pursuit.step(); // how the node is
      pursuit.step();
      source.answer = page(110, 110);
      steps();
      assertThat(lines.lines())
          .containsExactly(
              "WARNING ALARM: the contract's code was changed in ledger 105, from 0a to 0b");
    }
  }

  /** The log tells of it, so a restart or another node knows it too. */
  @Test
  void shouldRaiseAnAlarmForADayAfterTheCodeWasChanged() throws Exception {
    source.answer = page(110, 110);
    steps();
    assertThat(pursuit.status().upgrade()).isEmpty();
    ContractUpgrade upgrade = new ContractUpgrade(115, now, "0a", "0b");
    log.upgrade = Optional.of(upgrade);
    source.answer = page(120, 120, upgradedIn(115));
    steps();
    assertThat(pursuit.status().upgrade()).contains(upgrade);
    assertThat(pursuit.status().upgradeAlarm()).isTrue();

    pursuit = pursuit();
    source.answer = page(120, 120);
    steps();
    assertThat(pursuit.status().upgradeAlarm()).isTrue();
    now = upgrade.at().plus(Duration.ofHours(24)).minusMillis(1);
    assertThat(pursuit.status().upgradeAlarm()).isTrue();
    now = now.plusMillis(1);
    assertThat(pursuit.status().upgradeAlarm()).isFalse();
    assertThat(pursuit.status().upgrade()).contains(upgrade);
    pursuit.standBy();
    assertThat(pursuit.status().upgrade()).isEmpty();
  }

  @Test
  void shouldLogAFaultOnceAndThatItIsOver() throws Exception {
    nodeHasLostEverythingBefore(200);
    try (LoggedLines lines = LoggedLines.of(IndexerReport.class)) {
      steps();
      assertThat(lines.lines())
          .filteredOn(line -> !line.startsWith("WARNING")) // nothing is left of the history
          .containsExactly(
              "SEVERE the chain is not followed:"
                  + " no RPC node has the ledgers 101 to 199 any more");
      log.fault = Optional.empty();
      log.cursor = Optional.of(scanned(199)); // an administrator, through another node
      source.answer = page(300, 300);
      steps();
      assertThat(lines.lines())
          .filteredOn(line -> !line.startsWith("WARNING"))
          .hasSize(2)
          .endsWith("INFO the chain is followed again");
    }
  }

  private void isStoppedAtTheGap(Pursuit stopped) {
    IndexerStatus status = stopped.status();
    assertThat(status.state()).isEqualTo(IndexerStatus.State.FAULT);
    assertThat(status.fault().orElseThrow().code()).isEqualTo("gap");
    assertThat(status.fault().orElseThrow().reason())
        .isEqualTo("no RPC node has the ledgers 101 to 199 any more");
  }

  /** The node has all of it by now: only the kept fault stops what begins anew. */
  @Test
  void shouldStandStillAtAFaultThatWasFoundBeforeTheStart() throws Exception {
    nodeHasLostEverythingBefore(200);
    steps();
    isStoppedAtTheGap(pursuit);
    source.answer = page(300, 300);
    source.limits.clear();
    pursuit = pursuit();
    try (LoggedLines lines = LoggedLines.of(IndexerReport.class)) {
      steps();
      assertThat(lines.lines())
          .containsExactly(
              "SEVERE the chain is not followed:"
                  + " no RPC node has the ledgers 101 to 199 any more");
    }
    isStoppedAtTheGap(pursuit);
    assertThat(source.limits).as("pages that were asked for").isEmpty();
    assertThat(log.cursor).contains(scanned(100));

    pursuit.reset(101, false);
    steps();
    assertThat(pursuit.status().fault()).isEmpty();
    assertThat(log.cursor.orElseThrow().scanned()).isEqualTo(300);
  }

  @Test
  void shouldNotForgetAFaultThatTheStoreHasNotTaken() throws Exception {
    nodeHasLostEverythingBefore(200);
    pursuit.step(); // how the node is
    pursuit.step();
    isStoppedAtTheGap(pursuit);
    log.unreadable = new IllegalStateException("the disk is full");
    assertThatThrownBy(() -> pursuit.step()).isInstanceOf(IllegalStateException.class);
    pursuit.failed(log.unreadable);
    assertThatThrownBy(() -> pursuit.step()).isSameAs(log.unreadable);
    pursuit.failed(log.unreadable);
    assertThat(log.fault).isEmpty();

    log.unreadable = null;
    source.answer = page(300, 300);
    steps();
    isStoppedAtTheGap(pursuit);
    assertThat(log.fault.orElseThrow().code()).isEqualTo("gap");
  }

  @Test
  void shouldDropItsFaultWhenAnotherNodeHasGoneOn() throws Exception {
    nodeHasLostEverythingBefore(200);
    pursuit.step(); // how the node is
    pursuit.step();
    isStoppedAtTheGap(pursuit);
    log.cursor = Optional.of(scanned(199)); // before the fault was kept
    source.answer = page(300, 300);
    steps();
    assertThat(log.fault).isEmpty();
    assertThat(log.cursor.orElseThrow().scanned()).isEqualTo(300);
  }

  /** Compare-and-set: what this node has read is not taken, and it goes on where the other is. */
  @Test
  void shouldGoOnWhereAnotherNodeHasMovedTheCursor() throws Exception {
    source.answer = page(110, 110);
    pursuit.step(); // how the node is
    log.cursor = Optional.of(scanned(120));
    try (LoggedLines lines = LoggedLines.of(Pursuit.class)) {
      steps();
      assertThat(lines.lines())
          .containsExactly("INFO another node has moved the cursor; going on from there");
    }
    assertThat(log.cursor).contains(scanned(120));
    source.answer = page(130, 130);
    stepUntilScanned(130);
  }

  private static ChainSourceException notTold() {
    return ChainSourceException.of(Kind.UNREACHABLE, "no answer", null);
  }

  /** Money has moved in a stream that nobody has seen: that must not wait for a broken method. */
  @Test
  void shouldGoOnWithTheEventsAloneWhereNoNodeTellsWhatTheContractStores() throws Exception {
    ScriptedSource other = new ScriptedSource("b", source.facts);
    pursuit = pursuit(source, other);
    source.answer = page(110, 110, at(105, 1, 0));
    other.answer = source.answer;
    source.noEntries = notTold();
    other.noEntries = notTold();
    stepUntilScanned(110);
    assertThat(log.cursor.orElseThrow().last()).contains(new ChainPosition(105, 1, 0, 0));
    assertThat(source.entriesAsked).isEqualTo(1);
    assertThat(other.entriesAsked).isEqualTo(1);
  }

  /** As the indexer's thread does, which waits no longer than it is told. */
  private interface Reading {
    void run() throws InterruptedException;
  }

  /** On a thread of its own; returns when it waits for what it has handed on, or is done. */
  private static Thread readUntilItWaits(Reading reading) {
    Thread reader =
        new Thread(
            () -> {
              try {
                reading.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    reader.start();
    await()
        .until(
            () ->
                reader.getState() == Thread.State.TIMED_WAITING
                    || reader.getState() == Thread.State.TERMINATED);
    return reader;
  }

  private void stepUntilScanned(long ledger) throws InterruptedException {
    for (int i = 0; i < 50 && log.cursor.orElseThrow().scanned() < ledger; i++) {
      now = now.plus(pursuit.step());
    }
    assertThat(log.cursor.orElseThrow().scanned()).isEqualTo(ledger);
  }

  @Test
  void shouldAskTheNextNodeWhatTheContractStoresAndTheFirstOneAgainForAnotherStream()
      throws Exception {
    ScriptedSource other = new ScriptedSource("b", source.facts);
    pursuit = pursuit(source, other);
    source.answer = page(110, 110, at(105, 1, 0));
    other.answer = source.answer;
    source.noEntries = notTold();
    stepUntilScanned(110);
    assertThat(source.entriesAsked).isEqualTo(1);
    assertThat(other.entriesAsked).isEqualTo(1);

    other.answer =
        page(
            120,
            120,
            at(105, 1, 0),
            told(
                new ChainPosition(115, 1, 0, 0),
                new StreamFact.Withdrawn(new StreamId(2), Parties.NONE, Amount.of(1)),
                "tokens_withdrawn"));
    source.answer = other.answer;
    source.noEntries = null;
    other.noEntries = notTold();
    stepUntilScanned(120);
    assertThat(other.entriesAsked).isEqualTo(2);
    assertThat(source.entriesAsked).isEqualTo(2);
  }

  @Test
  void shouldSayThatItStandsStillFromAMinuteOnWithoutANewLedger() throws Exception {
    source.answer = page(110, 110);
    stepUntilScanned(110);
    pursuit.step(); // what was written
    now = now.plusMillis(59_999);
    assertThat(pursuit.status().isStandingStill()).isFalse();
    now = now.plusMillis(1);
    assertThat(pursuit.status().isStandingStill()).isTrue();

    ChainCursor here = log.cursor.orElseThrow();
    log.cursor = Optional.of(new ChainCursor(here.last(), here.token(), 110, 500, 1));
    pursuit.standBy();
    assertThat(pursuit.status().standsStill()).as("a newer tip alone").hasMinutes(1);
    assertThat(pursuit.status().isStandingStill()).as("that is the other node's to do").isFalse();
    log.cursor = Optional.of(scanned(111));
    pursuit.standBy();
    assertThat(pursuit.status().standsStill()).isZero();
  }

  /** A second reading finds what the first one did not look at. */
  @Test
  void shouldStopWhereAReplayTellsOfAnotherEvent() throws Exception {
    source.answer = page(110, 110);
    stepUntilScanned(110);
    Function<ChainFacts, CompletionStage<AppliedFacts>> writing = log.writing;
    log.writing =
        facts ->
            facts.next().isPresent()
                ? writing.apply(facts)
                : CompletableFuture.failedFuture(
                    new OtherChainException(new ChainPosition(105, 1, 0, 0), "aa", "bb"));
    source.answer = page(110, 110, at(105, 1, 0));
    pursuit.replay(101);
    steps();
    IndexerStatus status = pursuit.status();
    assertThat(status.replay().orElseThrow().running()).isFalse();
    assertThat(status.replay().orElseThrow().error().orElseThrow()).contains("aa", "bb");
    assertThat(status.fault().orElseThrow().code()).isEqualTo("other_chain");
    assertThat(log.fault).isPresent();
  }

  /** What was told did not come into the log: without it the row would begin at nothing. */
  @Test
  void shouldAskAgainWhatTheContractStoresIfItWasNotWritten() throws Exception {
    Function<ChainFacts, CompletionStage<AppliedFacts>> writing = log.writing;
    log.writing = facts -> CompletableFuture.failedFuture(new IllegalStateException("disk full"));
    source.answer = page(110, 110, at(105, 1, 0));
    pursuit.step(); // how the node is
    pursuit.step();
    assertThat(source.entriesAsked).isEqualTo(1);
    assertThatThrownBy(() -> pursuit.step()).isInstanceOf(IllegalStateException.class);
    pursuit.failed(new IllegalStateException("disk full"));
    log.writing = writing;
    stepUntilScanned(110);
    assertThat(source.entriesAsked).isEqualTo(2);
  }

  /** So that it can be reset to a ledger far behind where it stood. */
  @Test
  void shouldKnowWhatTheNodesHaveWhileItStandsStill() throws Exception {
    log.fault = Optional.of(new ChainFault("gap", "ledgers are missing", "ledgers are missing"));
    log.cursor = Optional.of(scanned(20));
    steps();
    assertThat(pursuit.status().oldest()).hasValue(1);
    assertThat(source.healthAsked).isEqualTo(1);
    pursuit.reset(151, true);
    assertThat(log.cursor.orElseThrow().scanned()).isEqualTo(150);
  }

  private void standAtAGapBeforeTheFirstLedger() throws Exception {
    log.cursor = Optional.empty();
    begin = OptionalLong.of(101);
    pursuit = pursuit();
    nodeHasLostEverythingBefore(200);
    steps();
    isStoppedAtTheGap(pursuit);
  }

  /** Before anything was read, the ledger to begin at may have been a slip. */
  @Test
  void shouldForgetAGapBeforeTheFirstLedgerWithARestart() throws Exception {
    standAtAGapBeforeTheFirstLedger();
    assertThat(log.fault).isEmpty();
    begin = OptionalLong.of(200);
    pursuit = pursuit();
    steps();
    assertThat(pursuit.status().fault()).isEmpty();
    assertThat(log.cursor.orElseThrow().scanned()).isEqualTo(300);
  }

  /** The node's own clock tells how old its newest ledger is; each one that is missing took 5 s. */
  @Test
  void shouldSayHowFarItIsBehind() throws Exception {
    EventPage told = page(110, 130).page();
    source.answer =
        new DecodedPage(
            new EventPage(
                List.of(),
                1000,
                told.cursor(),
                130,
                OptionalLong.of(11),
                OptionalLong.of(START.getEpochSecond() - 7)),
            List.of());
    assertThat(pursuit.status().lagLedgers()).isEmpty();
    assertThat(pursuit.status().lagSeconds()).isEmpty();
    pursuit.step(); // how the node is
    pursuit.step();
    pursuit.step(); // what was written
    IndexerStatus status = pursuit.status();
    assertThat(status.cursor().orElseThrow().scanned()).isEqualTo(110);
    assertThat(status.lagLedgers()).hasValue(20);
    assertThat(status.lagSeconds()).hasValue(7 + 20 * 5);
    assertThat(status.margin()).hasValue(100);
    assertThat(status.oldest()).hasValue(11);
    assertThat(status.version()).contains("28");
  }

  @Test
  void shouldAskHowTheNodeIsOnceAMinuteAtMost() throws Exception {
    source.answer = page(110, 110);
    for (int polls = 0; polls < 10 * 120; polls++) { // ten minutes
      pursuit.step();
      now = now.plusMillis(500);
    }
    assertThat(source.healthAsked).isEqualTo(10);
    assertThat(source.limits.size()).as("pages").isGreaterThan(500);
  }

  @Test
  void shouldWarnOnceWhenAQuarterOfTheHistoryIsLeft() throws Exception {
    source.answer = page(110, 1000);
    try (LoggedLines lines = LoggedLines.of(IndexerReport.class)) {
      steps();
      assertThat(pursuit.status().marginLow()).isTrue();
      assertThat(lines.lines())
          .containsExactly(
              "WARNING less than a quarter of the RPC node's history is left"
                  + " until ledgers get lost");
    }
  }

  @Test
  void shouldNotWarnWhileMoreOfTheHistoryIsLeft() throws Exception {
    log.cursor = Optional.of(scanned(900));
    source.answer = page(910, 1000);
    try (LoggedLines lines = LoggedLines.of(IndexerReport.class)) {
      steps();
      assertThat(pursuit.status().cursor().orElseThrow().scanned()).isEqualTo(910);
      assertThat(lines.lines()).isEmpty();
    }
  }

  @Test
  void shouldTellOfEachNodeWhatItHasAndWhatIsWrongWithIt() throws Exception {
    ScriptedSource other = new ScriptedSource("b", source.facts);
    pursuit = pursuit(source, other);
    source.failure = notTold();
    other.answer = page(130, 140);
    pursuit.step(); // how the first one is
    now = now.plusMillis(7);
    Instant failed = now;
    pursuit.step();
    assertThat(pursuit.status().sources())
        .containsExactly(
            new IndexerStatus.Source(
                "a",
                Optional.of("28"),
                OptionalLong.of(1),
                OptionalLong.of(150),
                Optional.of("no answer")),
            new IndexerStatus.Source(
                "b",
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty()));
    assertThat(pursuit.status().lastError())
        .contains(new IndexerStatus.Trouble(failed, "a: no answer"));
    now = now.plusMillis(7);
    stepUntilScanned(130);
    assertThat(pursuit.status().url()).contains("b");
    assertThat(pursuit.status().sources().get(1).latest()).hasValue(140);
    assertThat(pursuit.status().lastError())
        .as("it stays")
        .contains(new IndexerStatus.Trouble(failed, "a: no answer"));
  }

  private void isInState(IndexerStatus.State state) {
    assertThat(pursuit.status().state()).isEqualTo(state);
  }

  @Test
  void shouldSayWhatItDoes() throws Exception {
    log.cursor = Optional.empty();
    ScriptedSource other = new ScriptedSource("b", source.facts);
    pursuit = pursuit(source, other);
    isInState(IndexerStatus.State.STARTING);
    pursuit.step(); // one node alone does not say where to begin
    isInState(IndexerStatus.State.STARTING);
    source.answer = page(110, 150);
    other.answer = source.answer;
    pursuit.step();
    pursuit.step();
    isInState(IndexerStatus.State.CATCHING_UP);
    source.answer = page(150, 150);
    pursuit.step();
    isInState(IndexerStatus.State.FOLLOWING);

    pursuit = pursuit();
    source.failure = notTold();
    pursuit.step(); // how the node is
    pursuit.step();
    isInState(IndexerStatus.State.WAITING);
    pursuit.standBy();
    isInState(IndexerStatus.State.STANDBY);
    pursuit.failed(new IllegalStateException("the database is away"));
    isInState(IndexerStatus.State.WAITING);
    assertThat(pursuit.status().lastError().orElseThrow().message())
        .contains("the database is away");
    pursuit.end();
    isInState(IndexerStatus.State.STOPPED);
    assertThat(source.closed).isTrue();
  }

  @Test
  void shouldCountWhatItHasBroughtAndWhatWasOdd() throws Exception {
    Function<ChainFacts, CompletionStage<AppliedFacts>> writing = log.writing;
    log.writing =
        facts ->
            writing
                .apply(facts)
                .thenApply(
                    done ->
                        new AppliedFacts(
                            done.cursor(), done.moved(), 3, 4, Map.of("after_end", 2)));
    source.answer =
        page(
            110,
            110,
            told(new ChainPosition(105, 1, 0, 0), new ProtocolFact.Changed("x", "null"), "x"));
    stepUntilScanned(110);
    now = now.plusSeconds(1);
    source.answer = page(120, 120);
    stepUntilScanned(120);
    pursuit.step(); // what was written
    IndexerStatus status = pursuit.status();
    assertThat(status.applied()).isEqualTo(6);
    assertThat(status.known()).isEqualTo(8);
    assertThat(status.anomalies()).containsOnly(Map.entry("after_end", 4L));
    assertThat(status.unknownNames()).containsOnly(Map.entry("x", 1L));
    assertThat(status.eventsPerSecond()).as("events").isPositive();
    assertThat(status.ledgersPerSecond()).isGreaterThan(status.eventsPerSecond());
  }

  /** Each slice counts only behind the one before. */
  @Test
  void shouldWriteALongPageInItsOrder() throws Exception {
    List<ChainFacts> written = new ArrayList<>();
    Function<ChainFacts, CompletionStage<AppliedFacts>> writing = log.writing;
    log.writing =
        facts -> {
          written.add(facts);
          return writing.apply(facts);
        };
    source.answer =
        page(
            110,
            110,
            IntStream.range(0, 600)
                .mapToObj(i -> at(105, 1 + i / 100, i % 100))
                .toArray(ReadEvent[]::new));
    stepUntilScanned(110);
    assertThat(written).hasSize(3);
    assertThat(written.get(1).expected()).isEqualTo(written.get(0).next());
    assertThat(written.get(2).expected()).isEqualTo(written.get(1).next());
  }

  /** Pages are fetched faster than they are written: memory must not grow with what waits. */
  @Test
  void shouldFetchNoMoreThanOnePageWhileThreeAreBeingWritten() throws Exception {
    List<CompletableFuture<AppliedFacts>> underWay = new CopyOnWriteArrayList<>();
    log.writing =
        facts -> {
          CompletableFuture<AppliedFacts> written = new CompletableFuture<>();
          underWay.add(written);
          return written;
        };
    Thread reader =
        readUntilItWaits(
            () -> {
              for (int ledger = 110; ledger < 200; ledger += 10) {
                source.answer = page(ledger, 10_000);
                pursuit.step();
              }
            });
    reader.interrupt();
    reader.join();
    assertThat(underWay).hasSize(3);
    assertThat(source.limits).as("pages that were asked for").hasSize(4);
  }

  private static Optional<ChainCursor> at90() {
    return Optional.of(
        new ChainCursor(
            Optional.of(new ChainPosition(90, 1, 0, 0)), Optional.empty(), 100, 100, 1));
  }

  private static OtherChainException other(long ledger) {
    return new OtherChainException(new ChainPosition(ledger, 1, 0, 0), "aa", "bb");
  }

  /** What moves the cursor is taken, and nothing else. */
  private void refuseWhatIsToldAgain(OtherChainException why) {
    Function<ChainFacts, CompletionStage<AppliedFacts>> writing = log.writing;
    log.writing =
        facts ->
            facts.next().isPresent() ? writing.apply(facts) : CompletableFuture.failedFuture(why);
  }

  @Test
  void shouldStopWhereTheLastKnownEventIsAnotherOne() throws Exception {
    log.cursor = at90();
    refuseWhatIsToldAgain(other(90));
    source.answer = page(110, 110, at(90, 1, 0));
    steps();
    assertThat(pursuit.status().fault().orElseThrow().reason())
        .contains("this is another chain", at(90, 1, 0).id(), " of a ");
    assertThat(log.fault.orElseThrow().code()).isEqualTo("other_chain");
    assertThat(log.cursor).isEqualTo(at90());
  }

  /** Which of them is wrong nobody can say, so both are named. */
  @Test
  void shouldNameBothNodesIfOneContradictsWhatTheOtherHasTold() throws Exception {
    ScriptedSource other = new ScriptedSource("b", source.facts);
    pursuit = pursuit(source, other);
    source.answer = page(110, 110, at(105, 1, 0));
    other.answer = source.answer;
    stepUntilScanned(110);
    pursuit.step(); // what was written
    refuseWhatIsToldAgain(other(105));
    source.failure = notTold();
    for (int i = 0; i < 10 && log.fault.isEmpty(); i++) {
      now = now.plus(pursuit.step());
    }
    assertThat(log.fault.orElseThrow().code()).isEqualTo("disagreement");
    assertThat(log.fault.orElseThrow().reason())
        .contains("a and b disagree about event " + at(105, 1, 0).id());
  }

  /** The second page was read behind what the first one told: nothing of it counts either. */
  @Test
  void shouldStopThoughAPageBehindTheContradictionFailsOtherwise() throws Exception {
    List<CompletableFuture<AppliedFacts>> underWay = new ArrayList<>();
    log.writing =
        facts -> {
          CompletableFuture<AppliedFacts> written = new CompletableFuture<>();
          underWay.add(written);
          return written;
        };
    pursuit.step(); // how the node is
    source.answer = page(110, 200);
    pursuit.step();
    source.answer = page(120, 200);
    pursuit.step();
    underWay.get(0).completeExceptionally(other(105));
    underWay.get(1).completeExceptionally(new IllegalStateException("it is behind that"));
    steps();
    assertThat(log.fault.orElseThrow().code()).isEqualTo("other_chain");
  }

  /** The beginning of a page is durable, and the fault is kept behind it. */
  @Test
  void shouldKnowHowFarAPageCameThatWasRefused() throws Exception {
    Function<ChainFacts, CompletionStage<AppliedFacts>> writing = log.writing;
    log.writing =
        facts ->
            facts.facts().get(0).position().transaction() == 1
                ? writing.apply(facts)
                : CompletableFuture.failedFuture(other(105));
    source.answer =
        page(
            110,
            110,
            IntStream.range(0, 600)
                .mapToObj(i -> at(105, 1 + i / 100, i % 100))
                .toArray(ReadEvent[]::new));
    pursuit.step(); // how the node is
    pursuit.step();
    pursuit.step(); // what was written
    assertThat(log.cursor.orElseThrow().last()).contains(new ChainPosition(105, 2, 0, 99));
    assertThat(pursuit.status().cursor()).isEqualTo(log.cursor);
    assertThat(log.fault.orElseThrow().code()).isEqualTo("other_chain");
  }

  @Test
  void shouldForgetItsFaultWhileAnotherNodeGoesOn() throws Exception {
    nodeHasLostEverythingBefore(200);
    pursuit.step(); // how the node is
    pursuit.step();
    isStoppedAtTheGap(pursuit);
    log.cursor = Optional.of(scanned(199)); // before the fault was kept
    pursuit.standBy();
    source.answer = page(300, 300);
    now = now.plus(Follower.RETRY); // the node had lost what this one wanted
    steps();
    assertThat(pursuit.status().fault()).isEmpty();
    assertThat(log.cursor.orElseThrow().scanned()).isEqualTo(300);
  }

  /** With a reset to the very place where it stood. */
  @Test
  void shouldGoOnWhenAnotherNodeHasEndedTheFaultAlone() throws Exception {
    nodeHasLostEverythingBefore(200);
    steps();
    assertThat(log.fault).isPresent();
    log.fault = Optional.empty();
    source.answer = page(300, 300);
    steps();
    assertThat(pursuit.status().fault()).isEmpty();
    assertThat(log.cursor.orElseThrow().scanned()).isEqualTo(300);
  }

  /** Another node was reset, went on, and stopped in the same words. */
  @Test
  void shouldKnowWhereTheLogStandsThoughTheFaultIsTheSame() throws Exception {
    nodeHasLostEverythingBefore(200);
    steps();
    log.cursor = Optional.of(scanned(150));
    steps();
    isStoppedAtTheGap(pursuit);
    assertThat(pursuit.status().cursor()).contains(scanned(150));
  }

  @Test
  void shouldBeginWhereAnotherNodeHasComeToMeanwhile() throws Exception {
    source.answer = page(110, 110);
    stepUntilScanned(110);
    pursuit.step(); // what was written
    log.cursor = Optional.of(scanned(120));
    pursuit.standBy();
    source.answer = page(130, 130);
    try (LoggedLines lines = LoggedLines.of(Pursuit.class)) {
      stepUntilScanned(130);
      pursuit.step();
      assertThat(lines.lines()).as("nothing was read in vain").isEmpty();
    }
  }

  @Test
  void shouldNotTripAgainOverWhatWasBeingWrittenWhenItFailed() throws Exception {
    Function<ChainFacts, CompletionStage<AppliedFacts>> writing = log.writing;
    log.writing = facts -> CompletableFuture.failedFuture(new IllegalStateException("disk full"));
    source.answer = page(110, 110);
    pursuit.step(); // how the node is
    pursuit.step();
    pursuit.failed(new IllegalStateException("something else"));
    log.writing = writing;
    stepUntilScanned(110);
    pursuit.step();
    assertThat(pursuit.status().state()).isEqualTo(IndexerStatus.State.FOLLOWING);
  }

  /** Also after a restart: the log says what was put aside. */
  @Test
  void shouldNotReadWhatWasPutAsideBeforeTheStart() throws Exception {
    List<Long> written = new ArrayList<>();
    Function<ChainFacts, CompletionStage<AppliedFacts>> writing = log.writing;
    log.writing =
        facts -> {
          facts.facts().forEach(fact -> written.add(fact.position().ledger()));
          return writing.apply(facts);
        };
    ReadEvent aside = at(105, 1, 0);
    log.aside =
        List.of(
            new PutAside(
                aside.position(), aside.id(), "byte 7", Optional.empty(), new LogPosition(1)));
    source.answer = page(110, 110, aside, at(106, 1, 0));
    stepUntilScanned(110);
    assertThat(written).containsExactly(106L);
  }

  /** The cursor's own reading has precedence; what the log refuses must be clear. */
  @Test
  void shouldWriteNothingOfAReplayWhileAPageIsBeingWritten() throws Exception {
    source.answer = page(110, 110);
    stepUntilScanned(110);
    pursuit.replay(101);
    CompletableFuture<AppliedFacts> underWay = new CompletableFuture<>();
    List<ChainFacts> again = new CopyOnWriteArrayList<>();
    log.writing =
        facts -> {
          if (facts.next().isPresent()) {
            return underWay;
          }
          again.add(facts);
          return CompletableFuture.completedFuture(
              new AppliedFacts(log.cursor, true, 0, 1, Map.of()));
        };
    source.answer = page(120, 120, at(105, 1, 0), at(115, 1, 0));
    now = now.plusMillis(500);
    Thread reader = readUntilItWaits(pursuit::step);
    assertThat(again).isEmpty();
    underWay.complete(new AppliedFacts(Optional.of(scanned(120)), true, 2, 0, Map.of()));
    reader.join();
    assertThat(again).hasSize(1);
  }

  private void halted() throws Exception {
    source.answer = page(110, 110);
    stepUntilScanned(110);
    nodeHasLostEverythingBefore(200);
    steps();
    assertThat(pursuit.status().fault().orElseThrow().code()).isEqualTo("gap");
  }

  /** What administrators are answered is where it goes on, not where it stood. */
  @Test
  void shouldStandWhereAnAdministratorHasSetItAtOnce() throws Exception {
    halted();
    pursuit.reset(200, true);
    assertThat(pursuit.status().cursor().orElseThrow().scanned()).isEqualTo(199);
    assertThat(pursuit.status().fault()).isEmpty();
    source.answer = page(300, 300);
    try (LoggedLines lines = LoggedLines.of(Pursuit.class)) {
      stepUntilScanned(300);
      assertThat(lines.lines()).isEmpty();
    }
  }

  /** Whatever it stood at: this fault is kept by no store. */
  @Test
  void shouldForgetTheGapBeforeTheFirstLedgerAfterAReset() throws Exception {
    standAtAGapBeforeTheFirstLedger();
    pursuit.reset(200, false);
    assertThat(pursuit.status().fault()).isEmpty();
    source.answer = page(300, 300);
    stepUntilScanned(300);
  }

  /** The administrator has perhaps mended it. */
  @Test
  void shouldAskANodeThatHasFailedAtOnceAfterAReset() throws Exception {
    source.answer = page(110, 110);
    stepUntilScanned(110);
    source.failure = ChainSourceException.of(Kind.UNREACHABLE, "no answer", null);
    for (int i = 0; i < 100; i++) {
      pursuit.step();
      now = now.plusMillis(500);
    }
    assertThat(pursuit.step()).isPositive();
    source.failure = null;
    pursuit.reset(111, false);
    source.answer = page(120, 120);
    source.limits.clear();
    pursuit.step(); // how the node is
    pursuit.step();
    assertThat(source.limits).isNotEmpty();
  }

  /** The store keeps a fault only beside the cursor at which it was found. */
  @Test
  void shouldWaitForWhatIsBeingWrittenBeforeItStands() throws Exception {
    source.answer = page(110, 110);
    stepUntilScanned(110);
    CompletableFuture<AppliedFacts> underWay = new CompletableFuture<>();
    log.writing = facts -> underWay;
    source.answer = page(120, 120, at(115, 1, 0));
    now = now.plusMillis(500);
    pursuit.step();
    nodeHasLostEverythingBefore(200);
    Thread reader =
        readUntilItWaits(
            () -> {
              for (int i = 0; i < 20 && log.fault.isEmpty(); i++) {
                now = now.plusMillis(500);
                pursuit.step();
              }
            });
    assertThat(log.fault).isEmpty();
    log.cursor = Optional.of(scanned(120));
    underWay.complete(new AppliedFacts(log.cursor, true, 1, 0, Map.of()));
    reader.join();
    assertThat(pursuit.status().cursor()).contains(scanned(120));
    assertThat(pursuit.status().fault().orElseThrow().reason())
        .isEqualTo("no RPC node has the ledgers 121 to 199 any more");
  }

  @Test
  void shouldCloseEveryNodeThoughOneDoesNotClose() {
    ScriptedSource other = new ScriptedSource("b", source.facts);
    source.unclosable = new UnsupportedOperationException("twice");
    pursuit(source, other).end();
    assertThat(other.closed).isTrue();
  }

  /** It was read for a place where the log is not. */
  @Test
  void shouldNotHandOverAPageBehindOneThatFoundTheCursorElsewhere() throws Exception {
    List<CompletableFuture<AppliedFacts>> underWay = new CopyOnWriteArrayList<>();
    log.writing =
        facts -> {
          underWay.add(new CompletableFuture<>());
          return underWay.get(underWay.size() - 1);
        };
    Thread reader =
        readUntilItWaits(
            () -> {
              pursuit.step(); // how the node is
              for (int ledger = 110; ledger < 150; ledger += 10) {
                source.answer = page(ledger, 10_000);
                pursuit.step();
              }
            });
    assertThat(underWay).hasSize(3);
    log.cursor = Optional.of(scanned(500));
    underWay.get(0).complete(new AppliedFacts(log.cursor, false, 0, 0, Map.of()));
    reader.join();
    assertThat(source.limits).as("pages that were asked for").hasSize(4);
    assertThat(underWay).hasSize(3);
  }
}

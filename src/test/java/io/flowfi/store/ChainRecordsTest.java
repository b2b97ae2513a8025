package io.flowfi.store;

import static io.flowfi.ledger.ChainFixture.changed;
import static io.flowfi.ledger.ChainFixture.created;
import static io.flowfi.ledger.ChainFixture.cursor;
import static io.flowfi.ledger.ChainFixture.page;
import static io.flowfi.ledger.ChainFixture.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainFixture;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.ChainRecords;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.ChainStop;
import io.flowfi.ledger.KnownFact;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LogEntry;
import io.flowfi.ledger.PutAside;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Origin;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamFixture;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.StreamParties;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the store keeps of the chain, in both databases. */
@ParameterizedClass
@EnumSource(TestStore.class)
class ChainRecordsTest {
  /** SEP-23's own example: the muxed form of the account below. */
  private static final Address MUXED =
      new Address("MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK");

  private static final Address BASE =
      new Address("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ");

  @Parameter TestStore kind;
  @TempDir Path directory;
  private LedgerFixture fixture;
  private ChainRecords chain;

  @BeforeEach
  void open() {
    fixture = new LedgerFixture(kind, directory);
    chain = fixture.store.chain();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void reopen() {
    close();
    open();
  }

  private AppliedFacts run(LogEntry<AppliedFacts> entry) {
    return fixture.ledger.submit(entry).toCompletableFuture().join();
  }

  private PaymentStream stream(long id) {
    return fixture.store.streams().find(new StreamId(id)).orElseThrow();
  }

  private List<LoggedEvent> log() {
    return fixture.store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 1000).events();
  }

  @Test
  void shouldKeepTheCursorAsItWasGiven() {
    assertThat(chain.cursor()).isEmpty();
    ChainCursor quiet = new ChainCursor(Optional.empty(), Optional.empty(), 5, 90, 4);
    run(new ChainFacts(Optional.empty(), List.of(), List.of(), Optional.of(quiet)));
    reopen();
    assertThat(chain.cursor()).contains(quiet);
    run(
        new ChainFacts(
            Optional.of(quiet), List.of(), List.of(ChainFixture.fact(6, created(1))), cursor(6)));
    reopen();
    assertThat(chain.cursor()).isEqualTo(cursor(6));
  }

  /** Several pages in one transaction: each begins where the one before has ended. */
  @Test
  void shouldChainPagesThatShareATransaction() {
    List<CompletableFuture<AppliedFacts>> answers = new ArrayList<>();
    List<ChainFacts> pages =
        List.of(
            page(1, created(1)),
            page(2, withdrawn(1)),
            page(2, withdrawn(1)),
            page(3, withdrawn(1)));
    pages.forEach(page -> answers.add(fixture.ledger.submit(page).toCompletableFuture()));
    assertThat(answers.stream().map(answer -> answer.join().moved()))
        .containsExactly(true, true, false, true);
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.of(2));
    assertThat(chain.counts().events())
        .isEqualTo(Map.of("stream_created", 1L, "stream_withdrawn", 2L));
  }

  /** Whatever a writer believes: the store itself knows each place of the chain once. */
  @Test
  void shouldTakeNoPlaceOfTheChainTwice() throws SQLException {
    run(page(1, created(1)));
    close();
    String again =
        "INSERT INTO chain_events (ledger, transaction_index, operation_index, event_index,"
            + " transaction_hash, digest, name, seq) SELECT ledger, transaction_index,"
            + " operation_index, event_index + %d, transaction_hash, digest, name, seq"
            + " FROM chain_events";
    try (Connection connection = kind.connect(directory);
        Statement statement = connection.createStatement()) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> statement.executeUpdate(again.formatted(0)));
      assertThat(statement.executeUpdate(again.formatted(1))).isEqualTo(1);
    }
    open();
  }

  @Test
  void shouldCountSoManyNamesApartAndTheOthersTogether() {
    int names = ChainCounts.MOST_NAMES + 10;
    List<ChainFact> facts = new ArrayList<>();
    for (int ledger = 1; ledger <= 2 * names; ledger++) {
      ChainFact fact = ChainFixture.fact(ledger, changed(1));
      facts.add(
          new ChainFact(
              fact.fact(),
              fact.position(),
              fact.transactionHash(),
              fact.closedAt(),
              "name_%03d".formatted(ledger % names),
              fact.digest(),
              fact.raw()));
    }
    run(
        new ChainFacts(
            Optional.empty(), List.of(), facts.subList(0, names), ChainFixture.cursor(names)));
    run(
        new ChainFacts(
            ChainFixture.cursor(names),
            List.of(),
            facts.subList(names, 2 * names),
            ChainFixture.cursor(2L * names)));
    Map<String, Long> counted = chain.counts().events();
    assertThat(counted).hasSize(ChainCounts.MOST_NAMES + 1);
    assertThat(counted).containsEntry(ChainCounts.OTHER_NAMES, 20L);
    assertThat(counted.values().stream().filter(count -> count == 2)).hasSize(256);
  }

  @Test
  void shouldReadBackEverythingOfAStreamOfTheChain() {
    run(page(1, created(1, MUXED, Address.UNKNOWN), changed(1)));
    PaymentStream written = stream(1);
    assertThat(written.sender()).isEqualTo(MUXED);
    assertThat(written.recipient()).isEqualTo(Address.UNKNOWN);
    assertThat(written.isModelled()).isFalse();
    assertThat(written.claimable(2_000_000_000)).isEmpty();
    reopen();
    assertThat(stream(1)).isEqualTo(written);
    assertThat(fixture.store.streams().parties(Set.of(new StreamId(1))))
        .isEqualTo(Map.of(new StreamId(1), new StreamParties(BASE, Address.UNKNOWN, true)));
    for (LoggedEvent event : log()) {
      assertThat(event.sender()).contains(BASE);
      assertThat(event.recipient()).isEmpty();
      assertThat(event.payload()).contains("\"" + MUXED + "\"").contains("\"recipient\":null");
    }
    assertThat(fixture.store.streams().summary(BASE, 2_000_000_000).asSender()).hasSize(1);
  }

  @Test
  void shouldDoubtEveryOpenStreamAfterAGap() {
    run(
        page(
            1,
            created(1),
            created(2),
            new StreamFact.Cancelled(
                new StreamId(2), Parties.NONE, Amount.of(1), Amount.of(999_999)),
            created(3)));
    long ours = fixture.run(LedgerFixture.create()).stream().id().bits();
    // one after the other in one transaction, so that the last sees what the first has done
    List<CompletableFuture<AppliedFacts>> answers = new ArrayList<>();
    ChainCursor behind = cursor(10).orElseThrow();
    answers.add(
        fixture.ledger.submit(new ChainRepair.Gap(cursor(4), behind, 5, 9)).toCompletableFuture());
    answers.add(
        fixture
            .ledger
            .submit(
                new ChainFacts(
                    cursor(10),
                    List.of(),
                    List.of(ChainFixture.fact(11, withdrawn(3))),
                    cursor(11)))
            .toCompletableFuture());
    answers.forEach(answer -> assertThat(answer.join().applied()).isEqualTo(1));
    assertThat(stream(1).isVerified()).isFalse();
    assertThat(stream(2).isVerified()).isTrue();
    assertThat(stream(3).isVerified()).isFalse();
    run(page(12, withdrawn(1))); // the writer remembers it
    assertThat(stream(1).isVerified()).isFalse();
    assertThat(fixture.store.streams().find(new StreamId(ours)).orElseThrow().isVerified())
        .isTrue();
    assertThat(chain.counts().unverified()).isEqualTo(2);
    assertThat(log().get(5).payload()).contains("\"fromLedger\":5,\"toLedger\":9}");
    assertThat(run(new ChainRepair.Gap(cursor(4), behind, 5, 9)).moved()).isFalse();
    run(new ChainRepair.Verified(List.of(new StreamId(1), new StreamId(2), new StreamId(77))));
    assertThat(stream(1).isVerified()).isTrue();
    assertThat(chain.counts().unverified()).isEqualTo(1);
  }

  /** It is open, too. */
  @Test
  void shouldDoubtAPausedStreamAfterAGap() {
    StreamId id = new StreamId(1);
    run(page(1, created(1), new StreamFact.Paused(id, Parties.NONE, ChainFixture.CLOSED_AT + 2)));
    assertThat(stream(1).isVerified()).isTrue();
    run(new ChainRepair.Gap(cursor(2), cursor(10).orElseThrow(), 3, 9));
    assertThat(stream(1).isVerified()).isFalse();
    assertThat(chain.counts().unverified()).isEqualTo(1);
  }

  private static ChainStop stop(long at, String code) {
    return new ChainStop(cursor(at), new ChainFault(code, code + " of a node", code + " happened"));
  }

  /** Compare-and-set: of two readers that find something the first one counts. */
  @Test
  void shouldKeepAFaultUntilAnAdministratorResetsTheCursor() {
    run(page(1, created(1)));
    assertThat(chain.fault()).isEmpty();
    assertThat(run(stop(2, "ahead")).moved()).isFalse();
    assertThat(chain.fault()).isEmpty();
    assertThat(run(stop(1, "first")).moved()).isTrue();
    assertThat(run(stop(1, "second")).moved()).isFalse();
    reopen();
    assertThat(chain.fault())
        .contains(new ChainFault("first", "first of a node", "first happened"));

    assertThat(run(page(2, withdrawn(1))).moved()).as("a reader that knows nothing").isFalse();
    ChainRepair.Quarantine aside =
        new ChainRepair.Quarantine(
            cursor(1),
            cursor(2).orElseThrow(),
            new ChainPosition(2, 1, 0, 0),
            "0-2",
            "ends early",
            Optional.empty());
    assertThat(run(aside).moved()).isFalse();
    assertThat(chain.cursor()).isEqualTo(cursor(1));
    assertThat(log()).hasSize(1);

    ChainCursor here = cursor(1).orElseThrow();
    assertThat(run(new ChainRepair.Reset(cursor(2), here)).moved()).isFalse();
    assertThat(chain.fault()).isPresent();
    assertThat(run(new ChainRepair.Reset(cursor(1), here)).moved()).isTrue();
    assertThat(chain.fault()).isEmpty();
    assertThat(run(page(2, withdrawn(1))).moved()).isTrue();
    assertThat(log()).as("nothing was left out").hasSize(2);
  }

  @Test
  void shouldEndAFaultTogetherWithAGap() {
    run(page(1, created(1)));
    List<CompletableFuture<AppliedFacts>> answers = new ArrayList<>();
    // they share a transaction
    for (LogEntry<AppliedFacts> entry :
        List.of(
            stop(1, "first"),
            new ChainRepair.Gap(cursor(1), cursor(10).orElseThrow(), 2, 9),
            stop(10, "second"))) {
      answers.add(fixture.ledger.submit(entry).toCompletableFuture());
    }
    answers.forEach(answer -> assertThat(answer.join().moved()).isTrue());
    assertThat(chain.fault()).map(ChainFault::code).contains("second");
    run(new ChainRepair.Gap(cursor(10), cursor(20).orElseThrow(), 11, 19));
    assertThat(chain.fault()).isEmpty();
  }

  /** Nothing of the chain is known yet, and two nodes disagree about its first event. */
  @Test
  void shouldKeepAFaultBeforeTheFirstEvent() {
    assertThat(run(stop(0, "first")).moved()).isTrue();
    reopen();
    assertThat(chain.fault()).map(ChainFault::code).contains("first");
    assertThat(run(page(1, created(1))).moved()).isFalse();
    run(new ChainRepair.Reset(Optional.empty(), cursor(1).orElseThrow()));
    assertThat(chain.fault()).isEmpty();
    assertThat(chain.cursor()).isEqualTo(cursor(1));
  }

  @Test
  void shouldCutOffWhatIsTooLongOfAFault() {
    String much = "x".repeat(100_000);
    run(new ChainStop(Optional.empty(), new ChainFault("first", much, much)));
    assertThat(chain.fault().orElseThrow().reason()).hasSize(2000);
    assertThat(chain.fault().orElseThrow().notice()).hasSize(2000);
  }

  @Test
  void shouldPutEventsAside() {
    run(page(1, created(1)));
    ChainPosition where = new ChainPosition(2, 1, 0, 0);
    ChainRepair aside =
        new ChainRepair.Quarantine(
            cursor(1),
            cursor(2).orElseThrow(),
            where,
            "0-2",
            "ends early",
            Optional.of(new StreamId(1)));
    assertThat(run(aside).moved()).isTrue();
    assertThat(run(aside).moved()).isFalse();
    reopen();
    assertThat(chain.quarantined(10))
        .containsExactly(
            new PutAside(
                where, "0-2", "ends early", Optional.of(new StreamId(1)), new LogPosition(2)));
    assertThat(chain.counts()).isEqualTo(new ChainCounts(0, 1, 1, Map.of("stream_created", 1L)));
    assertThat(log().get(1).payload())
        .endsWith("\"id\":\"0-2\",\"reason\":\"ends early\",\"streamId\":\"1\"}");
    assertThat(stream(1).isVerified()).isFalse();
  }

  private static ChainRepair.Quarantine aside(String reason, long stream) {
    return new ChainRepair.Quarantine(
        cursor(1),
        cursor(2).orElseThrow(),
        new ChainPosition(2, 1, 0, 0),
        "0-2",
        reason,
        Optional.of(new StreamId(stream)));
  }

  /** A reset goes back to it, and it still cannot be read. */
  @Test
  void shouldPutAnEventAsideAgain() {
    run(page(1, created(1)));
    run(aside("ends early", 1));
    run(new ChainRepair.Reset(cursor(2), cursor(1).orElseThrow()));
    assertThat(run(aside("ends late", 3)).moved()).isTrue();
    assertThat(chain.quarantined(10))
        .containsExactly(
            new PutAside(
                new ChainPosition(2, 1, 0, 0),
                "0-2",
                "ends late",
                Optional.of(new StreamId(3)),
                new LogPosition(3)));
  }

  /** Nothing of it is known from the chain, so there is nothing to doubt. */
  @Test
  void shouldPutAnEventOfAClaimAside() {
    PaymentStream claim =
        fixture.run(LedgerFixture.create(Optional.of(new StreamId(6)), 1, 2)).stream();
    run(page(1, created(1)));
    assertThat(run(aside("ends early", 6)).moved()).isTrue();
    assertThat(stream(6)).isEqualTo(claim);
    assertThat(chain.counts().unverified()).isZero();
  }

  @Test
  void shouldKeepTheBytesOfWhatItDoesNotKnow() {
    run(page(1, created(1), changed(1), withdrawn(1), changed(1)));
    assertThat(chain.unknownEvents("stream_changed", LogPosition.BEGINNING, 10))
        .extracting(KnownFact::raw)
        .containsOnly(Optional.of("[\"raw\"]"))
        .hasSize(2);
    assertThat(chain.unknownEvents("stream_changed", new LogPosition(2), 10))
        .extracting(KnownFact::logged)
        .containsExactly(new LogPosition(4));
    assertThat(chain.counts().unmodelled()).isEqualTo(1);
  }

  @Test
  void shouldGoThroughOpenStreamsByTheirIds() {
    StreamFact.Cancelled ended =
        new StreamFact.Cancelled(new StreamId(5), Parties.NONE, Amount.of(1), Amount.of(999_999));
    run(page(1, created(-1), created(9), created(5), created(0), created(Long.MIN_VALUE), ended));
    fixture.run(LedgerFixture.create());
    List<StreamId> seen = new ArrayList<>();
    Optional<StreamId> after = Optional.empty();
    for (List<PaymentStream> two = chain.openStreams(after, 2);
        !two.isEmpty();
        two = chain.openStreams(after, 2)) {
      two.forEach(stream -> seen.add(stream.id()));
      after = Optional.of(seen.get(seen.size() - 1));
    }
    assertThat(seen)
        .containsExactly(
            new StreamId(0), new StreamId(9), new StreamId(Long.MIN_VALUE), new StreamId(-1));
    assertThat(chain.streams(List.of(new StreamId(9), new StreamId(77))).keySet())
        .containsExactly(new StreamId(9));
  }

  private static StreamEntry entry(long id, long ledger) {
    return new StreamEntry(
        new StreamId(id),
        ChainFixture.SENDER,
        ChainFixture.RECIPIENT,
        LedgerFixture.TOKEN,
        Amount.of(10),
        Amount.of(1000),
        Amount.of(5),
        ChainFixture.CLOSED_AT - 100,
        ChainFixture.CLOSED_AT - 50,
        StreamStatus.PAUSED,
        OptionalLong.of(ChainFixture.CLOSED_AT - 40),
        ledger,
        true);
  }

  /** Its events up to the ledger of the entry are told, but are in the state already. */
  @Test
  void shouldBeginAStreamAtWhatTheContractStores() {
    ChainFact held = ChainFixture.fact(7, withdrawn(4));
    ChainFact later = ChainFixture.fact(8, withdrawn(4));
    AppliedFacts applied =
        run(
            new ChainFacts(
                Optional.empty(), List.of(entry(4, 7)), List.of(held, later), cursor(8)));
    assertThat(applied.anomalies()).isEmpty();
    assertThat(log().stream().map(event -> event.type().wireName()))
        .containsExactly(
            "stream.created", "stream.corrected", "stream.withdrawn", "stream.withdrawn");
    assertThat(stream(4).withdrawn()).isEqualTo(Amount.of(6));
    assertThat(stream(4).status()).isEqualTo(StreamStatus.PAUSED);
    assertThat(stream(4).isVerified()).isTrue();
    reopen();
    assertThat(stream(4).onChain().orElseThrow().asOfLedger()).isEqualTo(7);
  }

  /** Fails for a kind that is forgotten here or in the batch. */
  @Test
  void shouldHaveARuleForEveryRepair() {
    run(page(1, created(1)));
    ChainCursor next = cursor(2).orElseThrow();
    List<ChainRepair> repairs =
        List.of(
            new ChainRepair.Reset(cursor(7), next),
            new ChainRepair.Gap(cursor(7), next, 2, 2),
            new ChainRepair.Quarantine(
                cursor(7), next, new ChainPosition(2, 1, 0, 0), "0-2", "ends", Optional.empty()),
            new ChainRepair.Reconcile(entry(1, 7), 5),
            new ChainRepair.Verified(List.of(new StreamId(1))));
    assertThat(StreamFixture.kindsOf(repairs))
        .isEqualTo(Set.of(ChainRepair.class.getPermittedSubclasses()));
    repairs.forEach(repair -> assertThat(run(repair).applied()).as("%s", repair).isZero());
  }

  @Test
  void shouldReplaceWhatAnAdministratorFindsWrong() {
    run(page(1, created(4)));
    assertThat(run(new ChainRepair.Reconcile(entry(4, 7), 2)).moved()).isFalse();
    assertThat(run(new ChainRepair.Reconcile(entry(4, 7), 1)).applied()).isEqualTo(1);
    assertThat(stream(4).withdrawn()).isEqualTo(Amount.of(5));
    assertThat(stream(4).version()).isEqualTo(2);
    assertThat(stream(4).claimable(ChainFixture.CLOSED_AT)).contains(Amount.of(100));
  }

  /** The row is found by whoever is a party now, and by no one else. */
  @Test
  void shouldFindAStreamByThePartiesThatAnAdministratorTakesFromTheContract() {
    run(page(1, created(4), created(5)));
    Address next = LedgerFixture.account(9);
    StreamEntry stored = entry(4, 7);
    long at = ChainFixture.CLOSED_AT + 9;
    reconcile(stored, ChainFixture.SENDER, next);
    assertThat(fixture.store.streams().summary(next, at).asRecipient()).hasSize(1);
    assertThat(fixture.store.streams().summary(ChainFixture.RECIPIENT, at).asRecipient())
        .extracting(total -> total.count())
        .containsExactly(1L);
    reconcile(entry(5, 7), next, ChainFixture.RECIPIENT);
    assertThat(fixture.store.streams().summary(next, at).asSender()).hasSize(1);
    assertThat(fixture.store.streams().summary(ChainFixture.SENDER, at).asSender())
        .extracting(total -> total.count())
        .containsExactly(1L);
  }

  private void reconcile(StreamEntry stored, Address sender, Address recipient) {
    StreamEntry of =
        new StreamEntry(
            stored.id(),
            sender,
            recipient,
            stored.token(),
            stored.ratePerSecond(),
            stored.deposited(),
            stored.withdrawn(),
            stored.startTime(),
            stored.lastUpdateTime(),
            stored.status(),
            stored.pausedAt(),
            stored.lastModifiedLedger(),
            stored.modelled());
    assertThat(run(new ChainRepair.Reconcile(of, 1)).applied()).isEqualTo(1);
  }

  /** The old parties hear of it in an event of their own, and the row is found by the new ones. */
  @Test
  void shouldReplaceAClaimWhole() throws Exception {
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(6)), 1, 2));
    AppliedFacts applied = run(page(1, created(6)));
    assertThat(applied.anomalies()).isEqualTo(Map.of("claim_replaced", 1));
    assertThat(stream(6).origin()).isEqualTo(Origin.CHAIN);
    assertThat(stream(6).version()).isEqualTo(3);
    List<LoggedEvent> log = log();
    assertThat(log.get(1).sender()).contains(LedgerFixture.account(1));
    assertThat(log.get(1).payload())
        .contains("\"replaced\":true")
        .doesNotContain(ChainFixture.SENDER.strKey());
    assertThat(log.get(2).sender()).contains(ChainFixture.SENDER);
    assertThat(
            new ObjectMapper().readTree(log.get(2).payload()).at("/state/depositedAmount").asText())
        .isEqualTo("1000000");
    long at = ChainFixture.CLOSED_AT + 9;
    assertThat(fixture.store.streams().summary(LedgerFixture.account(1), at).asSender()).isEmpty();
    assertThat(fixture.store.streams().summary(ChainFixture.SENDER, at).asSender()).hasSize(1);
    run(page(2, withdrawn(6)));
    reopen();
    assertThat(stream(6).withdrawn()).isEqualTo(Amount.of(1));
  }

  /** Its terms and its origin are the chain's, though nobody else gets it. */
  @Test
  void shouldReplaceAClaimOfTheSameParties() {
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(6)), 1, 2));
    run(page(1, created(6, LedgerFixture.account(1), LedgerFixture.account(2))));
    assertThat(log()).hasSize(2);
    reopen();
    assertThat(stream(6).origin()).isEqualTo(Origin.CHAIN);
    assertThat(stream(6).deposited()).isEqualTo(Amount.of(1_000_000));
    assertThat(stream(6).version()).isEqualTo(2);
  }

  /** Each state as it was, whatever the events were that led to it. */
  @Test
  void shouldTellThePastOfEveryKindOfEvent() {
    StreamId id = new StreamId(3);
    List<StreamFact> facts =
        List.of(
            withdrawn(3), // before its creation is known
            created(3),
            new StreamFact.Paused(id, Parties.NONE, ChainFixture.CLOSED_AT + 3),
            new StreamFact.Resumed(id, Parties.NONE, 0),
            new StreamFact.RateModified(
                id, Parties.NONE, Amount.of(10), Amount.of(3), 0, ChainFixture.CLOSED_AT + 5),
            new StreamFact.ToppedUp(id, Parties.NONE, Amount.of(7), Amount.of(1_000_007)),
            changed(3),
            new StreamFact.Cancelled(id, Parties.NONE, Amount.of(9), Amount.of(999_998)),
            new StreamFact.Resumed(id, Parties.NONE, 0),
            new StreamFact.Closed(id, ChainFixture.SENDER, ChainFixture.CLOSED_AT + 10));
    List<PaymentStream> life = new ArrayList<>();
    for (int i = 0; i < facts.size(); i++) {
      run(page(i + 1, facts.get(i)));
      life.add(stream(3));
    }
    for (PaymentStream then : life) {
      assertThat(fixture.store.streams().asOf(id, then.lastUpdateTime())).contains(then);
    }
  }
}

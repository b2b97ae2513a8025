package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.Fact;
import io.flowfi.payment.FactRules;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Two writers of one log: commands, and the chain. */
@ParameterizedClass
@EnumSource(TestStore.class)
class ChainFactsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final Address SENDER = LedgerFixture.account(7);
  private static final Address RECIPIENT = LedgerFixture.account(8);
  private static final long CLOSED_AT = LedgerFixture.START - 6;

  /** What makes each database refuse to move the cursor. */
  private static final Map<TestStore, List<String>> FAILING_CURSOR =
      Map.of(
          TestStore.EMBEDDED,
          List.of(
              "CREATE TRIGGER dies BEFORE UPDATE ON chain_cursor"
                  + " BEGIN SELECT RAISE(ABORT, 'x'); END"),
          TestStore.POSTGRES,
          List.of(
              "CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql"
                  + " AS $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '23514'; END $$",
              "CREATE TRIGGER dies BEFORE UPDATE ON chain_cursor"
                  + " FOR EACH ROW EXECUTE FUNCTION dies()"));

  @Parameter TestStore kind;
  @TempDir Path directory;
  private LedgerFixture fixture;

  @BeforeEach
  void open() {
    fixture = new LedgerFixture(kind, directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static ChainPosition at(long number) {
    return new ChainPosition(1000 + number / 4, (int) (number % 4), 0, (int) (number % 3));
  }

  private static ChainFact fact(long number, Fact fact) {
    byte[] digest = ByteBuffer.allocate(32).putLong(number).array();
    return new ChainFact(
        fact,
        at(number),
        HASH,
        CLOSED_AT + number,
        fact.type().wireName(),
        digest,
        Optional.empty());
  }

  /** Of another chain: the same place, and other bytes. */
  private static ChainFact another(long number) {
    ChainFact there = fact(number, created(1));
    return new ChainFact(
        there.fact(),
        there.position(),
        there.transactionHash(),
        there.closedAt(),
        there.name(),
        new byte[32],
        there.raw());
  }

  private static StreamFact.Created created(long id) {
    return new StreamFact.Created(
        new StreamId(id),
        SENDER,
        RECIPIENT,
        LedgerFixture.TOKEN,
        Amount.of(10),
        Amount.of(1_000_000),
        CLOSED_AT,
        true);
  }

  private static StreamFact.Withdrawn withdrawn(long id) {
    return new StreamFact.Withdrawn(new StreamId(id), Parties.NONE, Amount.of(1));
  }

  private static Optional<ChainCursor> cursor(long number) {
    return number == 0
        ? Optional.empty()
        : Optional.of(
            new ChainCursor(Optional.of(at(number)), Optional.of("t" + number), number, number, 1));
  }

  /** Facts one after the other, the first of them at {@code from}. */
  private static ChainFacts page(long from, Fact... facts) {
    List<ChainFact> all = new ArrayList<>();
    for (Fact fact : facts) {
      all.add(fact(from + all.size(), fact));
    }
    return new ChainFacts(cursor(from - 1), List.of(), all, cursor(from + facts.length - 1));
  }

  private <R> R run(LogEntry<R> entry) {
    try {
      return fixture.ledger.submit(entry).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private List<LoggedEvent> log() {
    return fixture
        .store
        .log()
        .read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000)
        .events();
  }

  private List<String> types() {
    return log().stream().map(event -> event.type().wireName()).toList();
  }

  private PaymentStream stream(long id) {
    return fixture.store.streams().find(new StreamId(id)).orElseThrow();
  }

  private void assertNoGap() {
    List<LoggedEvent> log = log();
    for (int i = 0; i < log.size(); i++) {
      assertThat(log.get(i).position().value()).isEqualTo(i + 1L);
    }
    assertThat(fixture.store.log().bounds().head().value()).isEqualTo(log.size());
  }

  @Test
  void shouldKeepCommandsAndFactsInOneOrder() throws Exception {
    Receipt ours = fixture.run(LedgerFixture.create(Optional.of(new StreamId(9)), 1, 2));
    AppliedFacts applied =
        run(page(1, new ProtocolFact.Initialized(SENDER, RECIPIENT, 25), created(1), withdrawn(1)));
    assertThat(applied).isEqualTo(new AppliedFacts(cursor(3), true, 3, 0, Map.of()));
    fixture.run(LedgerFixture.topUp(9, 5, "r"));
    run(page(4, withdrawn(1)));

    assertThat(types())
        .containsExactly(
            "stream.created",
            "protocol.initialized",
            "stream.created",
            "stream.withdrawn",
            "stream.topped_up",
            "stream.withdrawn");
    assertNoGap();
    assertThat(log()).isEqualTo(fixture.heard);
    LoggedEvent protocol = log().get(1);
    assertThat(protocol.streamId()).isEmpty();
    assertThat(protocol.sender()).isEmpty();
    JsonNode payload = JSON.readTree(protocol.payload());
    assertThat(payload.path("timestamp").asLong()).isEqualTo(CLOSED_AT + 1);
    assertThat(payload.path("feeRateBps").asInt()).isEqualTo(25);
    LoggedEvent created = log().get(2);
    assertThat(created.streamId()).contains(new StreamId(1));
    assertThat(JSON.readTree(created.payload()))
        .isEqualTo(
            JSON.readTree(
                """
                {"streamId":"1","sender":"%s","recipient":"%s","version":1,"timestamp":%d,
                "origin":"chain","transactionHash":"%s","ledger":1000,"transactionIndex":2,
                "operationIndex":0,"eventIndex":2,
                "tokenAddress":"%s","ratePerSecond":"10","depositedAmount":"1000000","startTime":%d}
                """
                    .formatted(
                        SENDER, RECIPIENT, CLOSED_AT + 2, HASH, LedgerFixture.TOKEN, CLOSED_AT)));
    // the log's times follow its order, whatever the chain's clock shows
    assertThat(log()).extracting(LoggedEvent::timestamp).containsOnly(LedgerFixture.START);
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.of(2));
    assertThat(stream(1).version()).isEqualTo(3);
    assertThat(stream(9).version()).isEqualTo(ours.stream().version() + 1);
    assertThatExceptionOfType(CommandRejectedException.class)
        .isThrownBy(() -> fixture.run(LedgerFixture.topUp(1, 5, "r")))
        .withMessageContaining("lives on chain");
  }

  @Test
  void shouldMoveTheCursorOnlyFromWhereItIs() {
    ChainFacts first = page(1, created(1), withdrawn(1));
    run(first);
    assertThat(run(first)).isEqualTo(new AppliedFacts(cursor(2), false, 0, 0, Map.of()));
    assertThat(run(page(4, withdrawn(1))).moved()).isFalse();
    ChainFacts again = new ChainFacts(cursor(2), List.of(), first.facts(), cursor(3));
    assertThat(run(again)).isEqualTo(new AppliedFacts(cursor(3), true, 0, 2, Map.of()));
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.of(1));
    fixture.close();
    fixture = new LedgerFixture(kind, directory);
    ChainFacts replay =
        new ChainFacts(
            Optional.empty(),
            List.of(),
            List.of(fact(1, created(1)), fact(2, withdrawn(1)), fact(3, withdrawn(1))),
            Optional.empty());
    assertThat(run(replay)).isEqualTo(new AppliedFacts(cursor(3), true, 1, 2, Map.of()));
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.of(2));
    assertNoGap();
  }

  @Test
  void shouldRefuseAnotherChain() {
    run(page(1, created(1)));
    ChainFact there = fact(1, created(1));
    ChainFact other = another(1);
    assertThatExceptionOfType(OtherChainException.class)
        .isThrownBy(
            () ->
                run(
                    new ChainFacts(
                        cursor(1), List.of(), List.of(other, fact(2, withdrawn(1))), cursor(2))))
        .withMessageContaining("another event at " + at(1))
        .withMessageContaining(HexFormat.of().formatHex(there.digest()));
    String otherHash = HASH.replace('0', '1');
    ChainFact moved =
        new ChainFact(
            there.fact(),
            there.position(),
            otherHash,
            there.closedAt(),
            there.name(),
            there.digest(),
            there.raw());
    assertThatExceptionOfType(OtherChainException.class)
        .as("the same event in another transaction")
        .isThrownBy(() -> run(new ChainFacts(cursor(1), List.of(), List.of(moved), cursor(2))))
        .withMessageContaining(HASH)
        .withMessageContaining(otherHash);
    assertThat(types()).containsExactly("stream.created");
    assertThat(run(page(2, withdrawn(1))).applied()).isEqualTo(1);
  }

  /** As the indexer hands them over: none waits for the answer to the one before. */
  @Test
  void shouldApplyNothingBehindALotThatWasRefused() {
    run(page(1, created(1)));
    ChainFacts refused =
        new ChainFacts(cursor(2), List.of(), List.of(another(1), fact(3, withdrawn(1))), cursor(3));
    List<CompletableFuture<AppliedFacts>> answers =
        Stream.of(page(2, withdrawn(1)), refused, page(4, withdrawn(1)), page(5, withdrawn(1)))
            .map(lot -> fixture.ledger.submit(lot).toCompletableFuture())
            .toList();
    assertThat(answers.get(0).join().moved()).isTrue();
    assertThatThrownBy(() -> answers.get(1).join()).hasCauseInstanceOf(OtherChainException.class);
    assertThat(answers.get(2).join()).isEqualTo(new AppliedFacts(cursor(2), false, 0, 0, Map.of()));
    assertThat(answers.get(3).join()).isEqualTo(new AppliedFacts(cursor(2), false, 0, 0, Map.of()));
    assertThat(types()).containsExactly("stream.created", "stream.withdrawn");
    assertNoGap();
  }

  @Test
  void shouldWriteLotsThatWaitTogetherAndACommandBeforeThem() throws Exception {
    fixture.close();
    CountDownLatch hold = new CountDownLatch(1);
    AtomicInteger commits = new AtomicInteger();
    fixture =
        new LedgerFixture(
            kind.open(directory),
            null,
            LedgerSettings.DEFAULT,
            () -> {
              commits.incrementAndGet();
              awaitQuietly(hold);
            });
    // one after the other, so that the ledger learns how fast they are
    List<CompletableFuture<AppliedFacts>> lots = new ArrayList<>();
    lots.add(fixture.ledger.submit(page(1, created(1))).toCompletableFuture());
    await().until(() -> commits.get() == 1);
    for (int lot = 2; lot <= 9; lot++) {
      lots.add(fixture.ledger.submit(page(lot, withdrawn(1))).toCompletableFuture());
    }
    CompletableFuture<Receipt> command =
        fixture.ledger.submit(CommandRequest.of(LedgerFixture.create())).toCompletableFuture();
    hold.countDown();
    lots.forEach(CompletableFuture::join);
    assertThat(command.join().events().get(0).position()).isEqualTo(new LogPosition(2));
    assertThat(commits.get()).isLessThan(9);
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.of(8));
    assertNoGap();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The transaction fails at the cursor, after everything else is written. */
  @Test
  void shouldKeepTheCursorAndItsEventsTogether() throws SQLException {
    run(page(1, created(1)));
    fixture.close();
    execute(FAILING_CURSOR.get(kind));
    fixture = new LedgerFixture(kind, directory);
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> run(page(2, withdrawn(1))))
        .withMessageContaining("the store does not take this");
    assertThat(types()).containsExactly("stream.created");
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.ZERO);
    fixture.close();
    execute(List.of("DROP TRIGGER dies" + (kind == TestStore.POSTGRES ? " ON chain_cursor" : "")));
    fixture = new LedgerFixture(kind, directory);
    run(page(2, withdrawn(1)));
    run(page(2, withdrawn(1)));
    assertThat(types()).containsExactly("stream.created", "stream.withdrawn");
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.of(1));
  }

  private void execute(List<String> sql) throws SQLException {
    try (Connection connection = kind.connect(directory);
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
    }
  }

  /** Its times are the chain's, which are behind the log's: both clocks are tested. */
  @Test
  void shouldTellThePastOfAStreamOfTheChain() {
    StreamId id = new StreamId(1);
    List<StreamFact> facts =
        List.of(
            created(1),
            new StreamFact.ToppedUp(id, Parties.NONE, Amount.of(7), Amount.of(1_000_007)),
            new StreamFact.Paused(id, Parties.NONE, CLOSED_AT + 3),
            withdrawn(1),
            new StreamFact.Resumed(id, Parties.NONE, CLOSED_AT + 100_000),
            new StreamFact.FeeCollected(
                id, Parties.NONE, SENDER, Amount.of(1), LedgerFixture.TOKEN),
            new StreamFact.Completed(id, Parties.NONE, Amount.of(1_000_007)));
    Optional<PaymentStream> state = Optional.empty();
    List<PaymentStream> life = new ArrayList<>();
    for (int i = 0; i < facts.size(); i++) {
      run(page(i + 1, facts.get(i)));
      fixture.now.addAndGet(30);
      fixture.run(LedgerFixture.create());
      state = Optional.of(FactRules.apply(state, facts.get(i), 1000, CLOSED_AT + i + 1).after());
      life.add(state.get());
    }
    for (PaymentStream then : life) {
      assertThat(fixture.store.streams().asOf(id, then.lastUpdateTime())).contains(then);
    }
    assertThat(fixture.store.streams().asOf(id, CLOSED_AT)).contains(life.get(0));
  }

  @Test
  void shouldHoldAFactOnceThatComesTwiceInOnePage() {
    List<ChainFact> facts =
        List.of(fact(1, created(1)), fact(2, withdrawn(1)), fact(2, withdrawn(1)));
    AppliedFacts applied = run(new ChainFacts(cursor(0), List.of(), facts, cursor(2)));
    assertThat(applied).isEqualTo(new AppliedFacts(cursor(2), true, 2, 1, Map.of()));
    assertThat(types()).containsExactly("stream.created", "stream.withdrawn");
    assertNoGap();
  }

  /** Pages that overlap, come twice and come too early, among commands; some after a restart. */
  @Test
  void shouldHoldEveryFactOnceAndInOrderWhateverComesTwice() throws Exception {
    Random random = new Random(17);
    int streams = 5;
    int last = 400;
    List<Fact> chain = new ArrayList<>();
    for (int i = 1; i <= last; i++) {
      chain.add(i <= streams ? created(i) : withdrawn(1 + random.nextInt(streams)));
    }
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(9)), 1, 2));
    long known = 0;
    while (known < last) {
      if (random.nextInt(20) == 0) {
        fixture.close();
        fixture = new LedgerFixture(kind, directory);
      }
      List<CompletableFuture<?>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        long from = Math.max(1, Math.min(last, known + 1 + random.nextInt(9) - 5));
        long to = Math.min(last, from + random.nextInt(6));
        long believed = random.nextInt(4) == 0 ? from - 1 : known;
        List<ChainFact> facts = new ArrayList<>();
        for (long n = from; n <= to; n++) {
          facts.add(fact(n, chain.get((int) n - 1)));
        }
        if (from > known + 1) {
          believed = from - 1; // too early: its reader believes in what is not there
        }
        if (believed == known && from <= known + 1) {
          known = Math.max(known, to);
        }
        answers.add(
            fixture
                .ledger
                .submit(
                    new ChainFacts(
                        cursor(believed), List.of(), facts, cursor(Math.max(believed, to))))
                .toCompletableFuture());
        answers.add(
            fixture
                .ledger
                .submit(CommandRequest.of(LedgerFixture.topUp(9, 1, "r")))
                .toCompletableFuture());
      }
      for (CompletableFuture<?> answer : answers) {
        answer.join();
      }
    }
    assertNoGap();
    List<String> said = new ArrayList<>();
    for (LoggedEvent event : log()) {
      JsonNode payload = JSON.readTree(event.payload());
      if (payload.path("origin").asText().equals("chain")) {
        said.add(payload.path("timestamp").asLong() - CLOSED_AT + " " + event.type());
      }
    }
    List<String> wanted = new ArrayList<>();
    for (int i = 1; i <= last; i++) {
      wanted.add(i + " " + chain.get(i - 1).type());
    }
    assertThat(said).isEqualTo(wanted);
    for (long id = 1; id <= streams; id++) {
      StreamId of = new StreamId(id);
      long events = chain.stream().filter(f -> ((StreamFact) f).streamId().equals(of)).count();
      assertThat(stream(id).version()).isEqualTo(events);
      assertThat(stream(id).withdrawn()).isEqualTo(Amount.of(events - 1));
    }
  }

  @Test
  void shouldNotTakeTransactionsOutOfOrder() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ChainFacts(
                    Optional.empty(),
                    List.of(),
                    List.of(fact(9, withdrawn(1)), fact(1, created(1))),
                    Optional.empty()));
    ChainFact fact = fact(1, created(1));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ChainFact(created(1), at(1), "ABC", 0, "x", fact.digest(), Optional.empty()));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ChainFact(created(1), at(1), HASH, 0, "x", new byte[3], Optional.empty()));
  }
}

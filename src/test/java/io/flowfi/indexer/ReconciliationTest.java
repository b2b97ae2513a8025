package io.flowfi.indexer;

import static io.flowfi.indexer.ContractInMemory.applied;
import static io.flowfi.indexer.ContractInMemory.entry;
import static io.flowfi.indexer.ContractInMemory.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.indexer.Drift.Difference;
import io.flowfi.indexer.Drift.With;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Origin;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is drift, and what only looks like it. */
@Timeout(60)
class ReconciliationTest {
  private static final StreamId ONE = new StreamId(1);
  private static final long START = ContractInMemory.START;

  private final ContractInMemory contract = new ContractInMemory();
  private final Map<StreamId, PaymentStream> told = new ConcurrentHashMap<>();
  private final Reconciliation reconciliation =
      contract.reconciliation(
          List.of(contract),
          stream -> Optional.ofNullable(told.get(stream.id())),
          () -> true,
          Optional.empty());

  @AfterEach
  void close() {
    reconciliation.close();
  }

  private PaymentStream stream(StreamId id, StreamFact... more) {
    return contract.stream(id, more);
  }

  private static <T> T done(CompletionStage<T> asked) {
    try {
      return asked.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private StreamCheck compared() {
    return done(reconciliation.compare(ONE)).orElseThrow();
  }

  private List<Drift> drifts() {
    return reconciliation.status().drifts();
  }

  /** Nobody asks for these. */
  @Test
  void shouldGoRoundAgainAfterEachInterval() {
    PaymentStream stream = stream(ONE);
    try (Reconciliation often =
        contract.reconciliation(
            List.of(contract),
            known -> Optional.empty(),
            () -> true,
            Optional.of(Duration.ofMillis(5)))) {
      often.start();
      await().until(() -> often.status().ended().isPresent());
      contract.stored.put(ONE, withdrawn(stream, 70, 950));
      await().until(() -> often.status().drifts().size() == 1);
    }
  }

  /** On a chain that goes on it would otherwise never be drift. */
  @Test
  void shouldCountAnAbsentEntryFromTheFirstTime() {
    stream(ONE);
    contract.stored.remove(ONE);
    contract.tip = 1010;
    assertThat(compared().later()).isPresent();
    contract.tip = 1020;
    assertThat(compared().later()).isPresent();
    contract.scanned = 1010;
    assertThat(compared().differences()).hasSize(1);
  }

  @Test
  void shouldKeepADriftWhileItCannotBeCompared() {
    PaymentStream stream = stream(ONE);
    contract.stored.put(ONE, withdrawn(stream, 70, 950));
    compared();
    contract.tip = 1005;
    contract.stored.put(ONE, withdrawn(stream, 71, 1001));
    assertThat(compared().later()).isPresent();
    assertThat(drifts()).hasSize(1);
  }

  @Test
  void shouldCountApartWhatCannotBeComparedYet() {
    stream(ONE);
    PaymentStream changed = stream(new StreamId(2));
    contract.tip = 1005;
    contract.stored.put(changed.id(), withdrawn(changed, 70, 1001));
    reconciliation.start();
    reconciliation.compareAll();
    await().until(() -> reconciliation.status().ended().isPresent());
    assertThat(reconciliation.status())
        .returns(1L, ReconciliationStatus::compared)
        .returns(1L, ReconciliationStatus::later);
  }

  @Test
  void shouldLetSixteenAdministratorsWait() throws Exception {
    stream(ONE);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    contract.whileAsked =
        () -> {
          asked.countDown();
          awaitUninterruptibly(answer);
        };
    List<CompletionStage<Optional<StreamCheck>>> all = new ArrayList<>();
    all.add(reconciliation.compare(ONE));
    asked.await();
    for (int waiting = 0; waiting < 16; waiting++) {
      all.add(reconciliation.compare(ONE));
    }
    CompletionStage<?> oneTooMany = reconciliation.compare(ONE);
    answer.countDown();
    assertThatThrownBy(() -> done(oneTooMany))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("too many");
    assertThat(all).allSatisfy(each -> assertThat(done(each)).isPresent());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void shouldCloseWhatItHasAsked() {
    reconciliation.close();
    assertThat(contract.closed).isTrue();
  }

  @Test
  void shouldFindNothingInStreamsThatAgree() {
    stream(ONE);
    assertThat(compared().agrees()).isTrue();
    stream(ONE, new StreamFact.Withdrawn(ONE, Parties.NONE, Amount.of(70)));
    assertThat(compared().agrees()).isTrue();
    stream(ONE, new StreamFact.Paused(ONE, Parties.NONE, START + 60));
    assertThat(compared().agrees()).isTrue();
    assertThat(drifts()).isEmpty();
    assertThat(reconciliation.degraded()).isEmpty();
    assertThat(done(reconciliation.compare(new StreamId(9)))).isEmpty();
  }

  @Test
  void shouldTellWhatDiffersFromTheContractWithBothValues() {
    PaymentStream stream = stream(ONE);
    contract.stored.put(ONE, withdrawn(stream, 70, 950));
    assertThat(compared().differences())
        .containsExactly(new Difference(With.CONTRACT, "withdrawnAmount", "0", "70"));
    assertThat(drifts()).hasSize(1);
    assertThat(drifts().get(0).sentence())
        .isEqualTo("withdrawnAmount is 0, and 70 by the contract");
    assertThat(reconciliation.degraded())
        .hasValueSatisfying(word -> assertThat(word).contains("1"));
    compared();
    assertThat(reconciliation.status().found()).as("the same finding again").isEqualTo(1);
    contract.stored.put(ONE, withdrawn(stream, 71, 950));
    compared();
    assertThat(reconciliation.status().found()).as("another one").isEqualTo(2);
    contract.stored.put(ONE, entry(stream, 950));
    compared();
    assertThat(drifts()).isEmpty();
  }

  @Test
  void shouldTellThatTheContractPaysOtherwiseThanByTheRate() {
    StreamEntry plain = entry(stream(ONE), 900);
    contract.stored.put(
        ONE,
        new StreamEntry(
            plain.id(),
            plain.sender(),
            plain.recipient(),
            plain.token(),
            Amount.ZERO, // what stands there then is not compared
            plain.deposited(),
            plain.withdrawn(),
            plain.startTime(),
            plain.lastUpdateTime() + 5,
            plain.status(),
            plain.pausedAt(),
            900,
            false));
    compared();
    assertThat(drifts())
        .singleElement()
        .satisfies(
            drift ->
                assertThat(drift.differences())
                    .containsExactly(new Difference(With.CONTRACT, "modelled", "true", "false")));
  }

  @Test
  void shouldTellWhatDiffersFromTheStreamsOwnEvents() {
    PaymentStream stream = stream(ONE);
    told.put(ONE, applied(stream, new StreamFact.Paused(ONE, Parties.NONE, START + 60)));
    assertThat(compared().differences()).as("it has changed since").isEmpty();
    PaymentStream tampered =
        applied(stream, new StreamFact.Withdrawn(ONE, Parties.NONE, Amount.of(9)));
    contract.streams.put(ONE, tampered);
    contract.stored.put(ONE, entry(tampered, 900));
    assertThat(compared().differences()).extracting(Difference::with).containsOnly(With.EVENTS);
    assertThat(compared().differences())
        .extracting(Difference::field)
        .contains("withdrawnAmount", "status");
    told.put(ONE, stream); // an event less than the row has
    assertThat(compared().differences())
        .extracting(Difference::field)
        .contains("version", "withdrawnAmount");
  }

  @Test
  void shouldLeaveOutStreamsOfTheApi() {
    PaymentStream plain = stream(ONE);
    contract.streams.put(
        ONE,
        new PaymentStream(
            plain.id(),
            plain.sender(),
            plain.recipient(),
            plain.token(),
            plain.ratePerSecond(),
            plain.deposited(),
            plain.withdrawn(),
            plain.startTime(),
            plain.lastUpdateTime(),
            plain.status(),
            plain.pausedAt(),
            0,
            plain.version(),
            Origin.API,
            Optional.empty()));
    assertThat(done(reconciliation.compare(ONE))).isEmpty();
    assertThat(contract.calls).isEmpty();
  }

  @Test
  void shouldNotCompareWithAnEntryThatItCannotRead() {
    stream(ONE);
    contract.unreadable = new UndecodableEventException("byte 7 is wrong", Optional.of(ONE), null);
    for (int times = 0; times < 2; times++) {
      assertThat(compared().differences()).isEmpty();
      assertThat(compared().later().orElseThrow()).contains("cannot be read", "byte 7");
    }
  }

  @Test
  void shouldAskTheNextNodeIfOneDoesNotAnswerOrIsBehind() {
    PaymentStream stream = stream(ONE);
    ContractInMemory other = new ContractInMemory();
    other.stored.put(ONE, withdrawn(stream, 70, 950));
    try (Reconciliation two =
        contract.reconciliation(
            List.of(contract, other), any -> Optional.empty(), () -> true, Optional.empty())) {
      contract.down = true;
      assertThat(done(two.compare(ONE)).orElseThrow().later()).isEmpty();
      contract.down = false;
      contract.tip = 999;
      assertThat(done(two.compare(ONE)).orElseThrow().later()).isEmpty();
      assertThat(other.calls).hasSize(2);
      other.tip = 999;
      assertThatThrownBy(() -> done(two.compare(ONE)))
          .isInstanceOf(IndexerRefusedException.class)
          .hasMessageContaining("ledger 999");
    }
  }

  @Test
  void shouldGoRoundOnlyWhereTheChainIsFollowed() {
    stream(ONE);
    AtomicInteger asked = new AtomicInteger();
    try (Reconciliation standby =
        contract.reconciliation(
            List.of(contract),
            any -> Optional.empty(),
            () -> asked.incrementAndGet() > 2,
            Optional.empty())) {
      standby.start();
      for (int round = 1; round <= 2; round++) {
        int before = round;
        standby.compareAll();
        await().until(() -> asked.get() == before);
      }
      assertThat(contract.calls).isEmpty();
      standby.compareAll();
      await().until(() -> !contract.calls.isEmpty());
    }
  }

  @Test
  void shouldNotCompareWhatTheChainHasChangedAfterWhatWasRead() {
    PaymentStream stream = stream(ONE);
    contract.tip = 1005;
    contract.stored.put(ONE, withdrawn(stream, 70, 1001));
    assertThat(compared().later()).isPresent();
    assertThat(compared().differences()).isEmpty();
    // while the streams were read, the indexer went on
    contract.stored.put(ONE, entry(stream, 900));
    contract.whileAsked =
        () -> {
          contract.stored.put(ONE, withdrawn(stream, 70, 1003));
          contract.scanned = 1003;
        };
    assertThat(compared().later()).isPresent();
    contract.whileAsked = () -> {};
    assertThat(compared().differences()).hasSize(1);
  }

  @Test
  void shouldNotBelieveANodeThatIsBehindTheLog() {
    PaymentStream stream = stream(ONE);
    contract.streams.put(
        ONE, applied(stream, new StreamFact.Withdrawn(ONE, Parties.NONE, Amount.of(70))));
    contract.tip = 999;
    assertThatThrownBy(this::compared)
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("ledger 999");
    assertThat(drifts()).isEmpty();
    // a full page has ended inside a ledger, which was not read to its end
    contract.scanned = 999;
    contract.last = Optional.of(new ChainPosition(1000, 1, 0, 0));
    assertThatThrownBy(this::compared)
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("the log at 1000");
  }

  /** What the log had when it was asked how far it is, the node must have; and what came since. */
  @Test
  void shouldNotBelieveANodeThatIsBehindAStreamThatHasJustChanged() {
    PaymentStream stream = stream(ONE);
    contract.tip = 1001;
    contract.beforeStreams =
        () -> {
          contract.scanned = 1003;
          contract.streams.put(
              ONE, applied(stream, new StreamFact.Withdrawn(ONE, Parties.NONE, Amount.of(70))));
        };
    assertThatThrownBy(this::compared)
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("ledger 1001, the log at 1003");
    assertThat(drifts()).isEmpty();
  }

  @Test
  void shouldNotCompareWhatHasChangedSinceTheStreamsWereRead() {
    PaymentStream stream = stream(ONE);
    contract.tip = 1003;
    contract.stored.put(ONE, withdrawn(stream, 70, 1003));
    contract.afterStreams = () -> contract.scanned = 1003;
    assertThat(compared().later()).hasValueSatisfying(word -> assertThat(word).contains("1000"));
    assertThat(drifts()).isEmpty();
  }

  @Test
  void shouldNotTakeADeletionForDriftBeforeItsEventsCanHaveBeenRead() {
    PaymentStream stream = stream(ONE);
    contract.stored.remove(ONE);
    contract.tip = 1010;
    assertThat(compared().later()).isPresent();
    assertThat(compared().differences()).isEmpty();
    // its cancellation arrives, and the chain has gone on
    contract.scanned = 1010;
    contract.tip = 1015;
    contract.streams.put(
        ONE,
        applied(
            stream,
            new StreamFact.Cancelled(ONE, Parties.NONE, Amount.ZERO, Amount.of(10_000)),
            new StreamFact.Closed(ONE, LedgerFixture.account(3), START + 70)));
    assertThat(compared().agrees()).isTrue();
    // and one whose cancellation does not
    contract.streams.put(ONE, stream);
    assertThat(compared().differences())
        .containsExactly(new Difference(With.CONTRACT, "entry", "ACTIVE", "not stored"));
    // it is there again, and is deleted anew
    contract.stored.put(ONE, entry(stream, 1009));
    assertThat(compared().agrees()).isTrue();
    contract.stored.remove(ONE);
    contract.tip = 1020;
    assertThat(compared().later()).isPresent();
  }

  @Test
  void shouldNotTakeAPauseThatTheContractLeavesBehindForDrift() {
    PaymentStream paused = stream(ONE, new StreamFact.Paused(ONE, Parties.NONE, START + 60));
    PaymentStream cancelled =
        applied(
            paused, new StreamFact.Cancelled(ONE, Parties.NONE, Amount.of(420), Amount.of(9_580)));
    contract.streams.put(ONE, cancelled);
    StreamEntry as = entry(cancelled, 950);
    contract.stored.put(
        ONE,
        new StreamEntry(
            as.id(),
            as.sender(),
            as.recipient(),
            as.token(),
            as.ratePerSecond(),
            as.deposited(),
            as.withdrawn(),
            as.startTime(),
            START + 999,
            StreamStatus.CANCELLED,
            OptionalLong.of(START + 60),
            950,
            true));
    assertThat(compared().agrees()).isTrue();
  }

  @Test
  void shouldVerifyStreamsThatAgree() {
    PaymentStream stream = stream(ONE);
    compared();
    assertThat(contract.repairs).isEmpty();
    contract.streams.put(ONE, stream.with(stream.onChain().orElseThrow().verified(false)));
    compared();
    assertThat(contract.repairs).containsExactly(new ChainRepair.Verified(List.of(ONE)));
    contract.stored.put(ONE, withdrawn(stream, 70, 950));
    compared();
    assertThat(contract.repairs).as("one that drifts is not verified").hasSize(1);
    contract.streams.put(
        ONE,
        applied(
            contract.streams.get(ONE),
            new StreamFact.Cancelled(ONE, Parties.NONE, Amount.ZERO, Amount.of(10_000))));
    contract.stored.remove(ONE);
    assertThat(compared().agrees()).isTrue();
    assertThat(contract.repairs).as("nor one of which the contract stores nothing").hasSize(1);
  }

  @Test
  void shouldRepairOnlyWhatDriftsAndOnlyWhenItIsAsked() {
    PaymentStream stream = stream(ONE);
    assertThat(done(reconciliation.repair(ONE)).orElseThrow().changed()).isFalse();
    StreamEntry entry = withdrawn(stream, 70, 950);
    contract.stored.put(ONE, entry);
    compared();
    assertThat(contract.repairs).isEmpty();
    assertThat(done(reconciliation.repair(ONE)).orElseThrow().changed()).isTrue();
    assertThat(contract.repairs)
        .containsExactly(new ChainRepair.Reconcile(entry, stream.version()));
    assertThat(drifts()).isEmpty();
    contract.stored.put(ONE, withdrawn(stream, 70, 1001));
    assertThatThrownBy(() -> done(reconciliation.repair(ONE)))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("after ledger 1000");
    assertThat(done(reconciliation.repair(new StreamId(9)))).isEmpty();
    assertThat(contract.repairs).hasSize(1);
  }

  /** Its state is that of another moment than what the contract stores. */
  @Test
  void shouldNotRepairAStreamThatHasChangedMeanwhile() {
    PaymentStream stream = stream(ONE);
    contract.stored.put(ONE, withdrawn(stream, 70, 950));
    contract.whileAsked =
        () ->
            contract.streams.put(
                ONE, applied(stream, new StreamFact.Withdrawn(ONE, Parties.NONE, Amount.of(70))));
    assertThatThrownBy(() -> done(reconciliation.repair(ONE)))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("changed meanwhile");
    assertThat(drifts()).hasSize(1);
  }

  @Test
  void shouldNotRepairAStreamOfWhichTheContractStoresNothing() {
    PaymentStream ended =
        stream(ONE, new StreamFact.Cancelled(ONE, Parties.NONE, Amount.of(70), Amount.of(9_930)));
    contract.stored.remove(ONE);
    told.put(ONE, ended);
    contract.streams.put(
        ONE,
        ended.with(
            ended.lastUpdateTime(),
            ended.deposited(),
            Amount.of(99),
            ended.status(),
            ended.pausedAt(),
            0,
            ended.version()));
    assertThatThrownBy(() -> done(reconciliation.repair(ONE)))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("stores nothing of it");
    assertThat(contract.repairs).isEmpty();
  }

  @Test
  void shouldGoThroughAllOpenStreamsAFewAtATime() {
    for (long id = 1; id <= 450; id++) {
      stream(new StreamId(id));
    }
    PaymentStream drifting = contract.streams.get(new StreamId(333));
    contract.stored.put(drifting.id(), withdrawn(drifting, 70, 950));
    reconciliation.start();
    reconciliation.compareAll();
    await().until(() -> reconciliation.status().ended().isPresent());
    assertThat(contract.calls).containsExactly(200, 200, 50, 1);
    ReconciliationStatus status = reconciliation.status();
    assertThat(status.compared()).isEqualTo(450);
    assertThat(status.later()).isZero();
    assertThat(drifts()).extracting(Drift::stream).containsExactly(drifting.id());
    contract.down = true;
    reconciliation.compareAll();
    await().until(() -> reconciliation.status().error().isPresent());
    assertThat(drifts()).hasSize(1);
    contract.down = false;
    contract.streams.put(
        drifting.id(),
        applied(
            drifting,
            new StreamFact.Cancelled(
                drifting.id(), Parties.NONE, Amount.of(70), Amount.of(9_930))));
    contract.stored.remove(drifting.id());
    reconciliation.compareAll();
    await().untilAsserted(() -> assertThat(drifts()).as("it has ended since").isEmpty());
  }

  @Test
  void shouldAnswerWhoStillWaitsWhenItCloses() throws InterruptedException {
    stream(ONE);
    CountDownLatch asks = new CountDownLatch(1);
    contract.whileAsked =
        () -> {
          asks.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new IllegalStateException("cut off", e);
          }
        };
    CompletionStage<?> underWay = reconciliation.compare(ONE);
    asks.await();
    CompletionStage<?> waits = reconciliation.repair(ONE);
    reconciliation.close();
    CompletionStage<?> late = reconciliation.compare(ONE);
    assertThat(underWay).failsWithin(Duration.ofSeconds(10));
    for (CompletionStage<?> left : List.of(waits, late)) {
      assertThat(left)
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(IndexerRefusedException.class)
          .withMessageContaining("the server is stopping");
    }
  }
}

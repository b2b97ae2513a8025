package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.it.TestAddresses;
import io.flowfi.payment.StreamFact.Cancelled;
import io.flowfi.payment.StreamFact.Changed;
import io.flowfi.payment.StreamFact.Closed;
import io.flowfi.payment.StreamFact.Completed;
import io.flowfi.payment.StreamFact.Created;
import io.flowfi.payment.StreamFact.FeeCollected;
import io.flowfi.payment.StreamFact.Paused;
import io.flowfi.payment.StreamFact.RateModified;
import io.flowfi.payment.StreamFact.Resumed;
import io.flowfi.payment.StreamFact.ToppedUp;
import io.flowfi.payment.StreamFact.Withdrawn;
import io.flowfi.simulator.ChainAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every fact of the chain counts, whatever the log holds. */
class FactRulesTest {
  private static final StreamId ID = StreamFixture.ID;
  private static final Amount HUNDRED = Amount.of(100);
  private static final Parties BOTH = Parties.of(StreamFixture.SENDER, StreamFixture.RECIPIENT);

  private static final Created CREATED =
      new Created(
          ID,
          StreamFixture.SENDER,
          StreamFixture.RECIPIENT,
          StreamFixture.TOKEN,
          Amount.of(10),
          Amount.of(1000),
          20,
          true);

  /** One of each kind; those of an open stream can all follow its creation. */
  static List<StreamFact> facts() {
    return List.of(
        CREATED,
        new ToppedUp(ID, BOTH, HUNDRED, Amount.of(1100)),
        new Withdrawn(ID, BOTH, HUNDRED),
        new Paused(ID, BOTH, 40),
        new Resumed(ID, BOTH, 140),
        new Cancelled(ID, BOTH, HUNDRED, Amount.of(900)),
        new Completed(ID, BOTH, Amount.of(1000)),
        new FeeCollected(ID, Parties.NONE, StreamFixture.SENDER, Amount.of(3), StreamFixture.TOKEN),
        new RateModified(ID, BOTH, Amount.of(10), Amount.of(20), 100, 50),
        new Closed(ID, StreamFixture.SENDER, 50),
        new Changed(ID, Parties.NONE, "dispute_requested", "{}"));
  }

  /** Fails for a kind that is forgotten here or in the rules. */
  @Test
  void shouldHaveARuleForEveryFact() {
    assertThat(StreamFixture.kindsOf(facts()))
        .isEqualTo(Set.of(StreamFact.class.getPermittedSubclasses()));
    for (StreamFact fact : facts()) {
      AppliedFact applied = FactRules.apply(Optional.empty(), fact, 1, 50);
      assertThat(applied.events()).hasSize(1);
      assertThat(applied.events().get(0).change().type()).isEqualTo(fact.type());
      assertThat(applied.after().origin()).isEqualTo(Origin.CHAIN);
      assertThat(applied.after().version()).isEqualTo(1);
    }
  }

  /** The state before at second 40, if there is one. */
  private static Optional<PaymentStream> before(String state) {
    return switch (state) {
      case "none" -> Optional.empty();
      case "claim" -> Optional.of(StreamFixture.active(1, 50, 0));
      case "unknown" ->
          Optional.of(
              after(
                  new FeeCollected(
                      ID, Parties.NONE, StreamFixture.SENDER, Amount.of(3), StreamFixture.TOKEN)));
      case "active" -> Optional.of(after(CREATED));
      case "paused" -> Optional.of(after(CREATED, new Paused(ID, BOTH, 40)));
      case "cancelled" ->
          Optional.of(after(CREATED, new Cancelled(ID, BOTH, HUNDRED, Amount.of(900))));
      case "completed" -> Optional.of(after(CREATED, new Completed(ID, BOTH, Amount.of(1000))));
      default -> throw new IllegalArgumentException(state);
    };
  }

  /** Facts at seconds 30, 40 and so on. */
  private static PaymentStream after(StreamFact... facts) {
    Optional<PaymentStream> stream = Optional.empty();
    long at = 30;
    for (StreamFact fact : facts) {
      stream = Optional.of(FactRules.apply(stream, fact, 1, at).after());
      at += 10;
    }
    return stream.orElseThrow();
  }

  private static StreamFact fact(String type) {
    return facts().stream()
        .filter(fact -> fact.type().wireName().equals("stream." + type))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Every fact at second 50 in every state: what is odd, and the state after it with the amounts
   * withdrawn and deposited, and what is claimable at second 100.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none      | created       |                           | ACTIVE    | 0    | 1000 | 800
          none      | topped_up     | unknown_stream            | ACTIVE    | 0    | 1100 | ?
          none      | withdrawn     | unknown_stream            | ACTIVE    | 100  | 0    | ?
          none      | paused        | unknown_stream            | PAUSED    | 0    | 0    | ?
          none      | resumed       | unknown_stream            | ACTIVE    | 0    | 0    | ?
          none      | cancelled     | unknown_stream            | CANCELLED | 100  | 1000 | 0
          none      | completed     | unknown_stream            | COMPLETED | 1000 | 1000 | 0
          none      | fee_collected | unknown_stream            | ACTIVE    | 0    | 0    | ?
          none      | rate_modified | unknown_stream            | ACTIVE    | 0    | 0    | ?
          none      | closed        | unknown_stream            | CANCELLED | 0    | 0    | 0
          none      | changed       | unknown_stream            | ACTIVE    | 0    | 0    | ?
          unknown   | created       | late_creation             | ACTIVE    | 0    | 1000 | 800
          unknown   | topped_up     |                           | ACTIVE    | 0    | 1100 | ?
          unknown   | withdrawn     |                           | ACTIVE    | 100  | 0    | ?
          unknown   | paused        |                           | PAUSED    | 0    | 0    | ?
          unknown   | resumed       |                           | ACTIVE    | 0    | 0    | ?
          unknown   | cancelled     |                           | CANCELLED | 100  | 1000 | 0
          unknown   | completed     |                           | COMPLETED | 1000 | 1000 | 0
          unknown   | fee_collected |                           | ACTIVE    | 0    | 0    | ?
          unknown   | rate_modified |                           | ACTIVE    | 0    | 0    | ?
          unknown   | closed        |                           | CANCELLED | 0    | 0    | 0
          unknown   | changed       |                           | ACTIVE    | 0    | 0    | ?
          active    | created       | created_again             | ACTIVE    | 0    | 1000 | 800
          active    | topped_up     |                           | ACTIVE    | 0    | 1100 | 800
          active    | withdrawn     |                           | ACTIVE    | 100  | 1000 | 500
          active    | paused        |                           | PAUSED    | 0    | 1000 | 200
          active    | resumed       | not_paused                | ACTIVE    | 0    | 1000 | 800
          active    | cancelled     |                           | CANCELLED | 100  | 1000 | 0
          active    | completed     |                           | COMPLETED | 1000 | 1000 | 0
          active    | fee_collected |                           | ACTIVE    | 0    | 1000 | 800
          active    | rate_modified |                           | ACTIVE    | 0    | 1000 | 1000
          active    | closed        | closed_open               | CANCELLED | 0    | 1000 | 0
          active    | changed       |                           | ACTIVE    | 0    | 1000 | ?
          paused    | created       | created_again             | PAUSED    | 0    | 1000 | 200
          paused    | topped_up     |                           | PAUSED    | 0    | 1100 | 200
          paused    | withdrawn     |                           | PAUSED    | 100  | 1000 | 0
          paused    | paused        | paused_twice              | PAUSED    | 0    | 1000 | 200
          paused    | resumed       |                           | ACTIVE    | 0    | 1000 | 700
          paused    | cancelled     |                           | CANCELLED | 100  | 1000 | 0
          paused    | completed     |                           | COMPLETED | 1000 | 1000 | 0
          paused    | fee_collected |                           | PAUSED    | 0    | 1000 | 200
          paused    | rate_modified |                           | PAUSED    | 0    | 1000 | 0
          paused    | closed        | closed_open               | CANCELLED | 0    | 1000 | 0
          paused    | changed       |                           | PAUSED    | 0    | 1000 | ?
          cancelled | created       | created_again             | CANCELLED | 100  | 1000 | 0
          cancelled | topped_up     | after_end                 | CANCELLED | 100  | 1000 | 0
          cancelled | withdrawn     | after_end                 | CANCELLED | 100  | 1000 | 0
          cancelled | paused        | after_end                 | CANCELLED | 100  | 1000 | 0
          cancelled | resumed       | after_end                 | CANCELLED | 100  | 1000 | 0
          cancelled | cancelled     | after_end                 | CANCELLED | 100  | 1000 | 0
          cancelled | completed     | after_end                 | CANCELLED | 100  | 1000 | 0
          cancelled | fee_collected |                           | CANCELLED | 100  | 1000 | 0
          cancelled | rate_modified | after_end                 | CANCELLED | 100  | 1000 | 0
          cancelled | closed        |                           | CANCELLED | 100  | 1000 | 0
          cancelled | changed       | after_end                 | CANCELLED | 100  | 1000 | 0
          completed | created       | created_again             | COMPLETED | 1000 | 1000 | 0
          completed | topped_up     | after_end                 | COMPLETED | 1000 | 1000 | 0
          completed | withdrawn     | after_end                 | COMPLETED | 1000 | 1000 | 0
          completed | paused        | after_end                 | COMPLETED | 1000 | 1000 | 0
          completed | resumed       | after_end                 | COMPLETED | 1000 | 1000 | 0
          completed | cancelled     | after_end                 | COMPLETED | 1000 | 1000 | 0
          completed | completed     | after_end                 | COMPLETED | 1000 | 1000 | 0
          completed | fee_collected |                           | COMPLETED | 1000 | 1000 | 0
          completed | rate_modified | after_end                 | COMPLETED | 1000 | 1000 | 0
          completed | closed        |                           | COMPLETED | 1000 | 1000 | 0
          completed | changed       | after_end                 | COMPLETED | 1000 | 1000 | 0
          claim     | created       | claim_replaced            | ACTIVE    | 0    | 1000 | 800
          claim     | withdrawn     | claim_replaced unknown_stream | ACTIVE | 100 | 0    | ?
          claim     | cancelled     | claim_replaced unknown_stream | CANCELLED | 100 | 1000 | 0
          """)
  void shouldLeaveTheNearestTrueState(
      String state,
      String type,
      String anomalies,
      StreamStatus status,
      long withdrawn,
      long deposited,
      String claimable) {
    Optional<PaymentStream> before = before(state);
    AppliedFact applied = FactRules.apply(before, fact(type), 1, 50);
    assertThat(applied.anomalies().stream().map(Anomaly::wireName))
        .containsExactlyInAnyOrder(anomalies == null ? new String[0] : anomalies.split(" "));
    PaymentStream after = applied.after();
    assertThat(after.status()).isEqualTo(status);
    assertThat(after.withdrawn()).isEqualTo(Amount.of(withdrawn));
    assertThat(after.deposited()).isEqualTo(Amount.of(deposited));
    assertThat(after.claimable(100).map(Amount::toString).orElse("?")).isEqualTo(claimable);
    assertThat(after.origin()).isEqualTo(Origin.CHAIN);
    assertThat(after.lastUpdateTime()).isEqualTo(50);
    // subscribers can follow: each event is one version, and tells the state where it must
    long version = before.map(PaymentStream::version).orElse(0L);
    for (StreamEvent event : applied.events()) {
      assertThat(event.after().version()).isEqualTo(++version);
      assertThat(event.timestamp()).isEqualTo(50);
    }
    assertThat(applied.events().get(applied.events().size() - 1).whole())
        .isEqualTo(anomalies != null);
    boolean sure =
        !after.token().isUnknown() && !state.equals("unknown") && status.equals(after.status());
    boolean doubted =
        applied.anomalies().stream()
            .anyMatch(odd -> odd != Anomaly.AFTER_END && odd != Anomaly.CLAIM_REPLACED);
    assertThat(after.isVerified()).isEqualTo(sure && !doubted);
  }

  @Test
  void shouldTellThePartiesOfAClaimApartFromThoseOfTheStream() {
    PaymentStream claim = claim(StreamFixture.SENDER, StreamFixture.SENDER);
    AppliedFact applied = FactRules.apply(Optional.of(claim), CREATED, 1, 50);
    assertThat(applied.events()).hasSize(2);
    StreamEvent old = applied.events().get(0);
    assertThat(old.change()).isEqualTo(new StreamChange.Corrected(true));
    assertThat(old.after()).isEqualTo(claim.atVersion(2));
    assertThat(old.whole()).isFalse(); // it does not tell whose the stream is
    StreamEvent truth = applied.events().get(1);
    assertThat(truth.change()).isEqualTo(new StreamChange.Corrected(false));
    assertThat(truth.after())
        .isEqualTo(
            after(CREATED)
                .atVersion(3)
                .with(
                    50,
                    Amount.of(1000),
                    Amount.ZERO,
                    StreamStatus.ACTIVE,
                    OptionalLong.empty(),
                    0,
                    3));
  }

  private static PaymentStream claim(Address sender, Address recipient) {
    return StreamFixture.last(
        StreamRules.create(
            ID,
            new StreamCommand.Create(
                Optional.of(ID),
                sender,
                recipient,
                StreamFixture.TOKEN,
                Amount.of(1),
                Amount.of(2),
                0,
                Optional.empty()),
            10));
  }

  /** Whoever believed to be a party must hear that it is none; the other one hears it as well. */
  @Test
  void shouldTellTheOldPartiesOfAClaimIfOnlyOneOfThemIsAnother() {
    Address nobody = new Address(TestAddresses.account(9));
    for (PaymentStream claim :
        List.of(claim(nobody, StreamFixture.RECIPIENT), claim(StreamFixture.SENDER, nobody))) {
      List<StreamEvent> events = FactRules.apply(Optional.of(claim), CREATED, 1, 50).events();
      assertThat(events)
          .extracting(StreamEvent::change)
          .containsExactly(new StreamChange.Corrected(true), new StreamChange.Corrected(false));
      assertThat(events.get(0).after()).isEqualTo(claim.atVersion(2));
      assertThat(events.get(1).after().sender()).isEqualTo(StreamFixture.SENDER);
      assertThat(events.get(1).after().recipient()).isEqualTo(StreamFixture.RECIPIENT);
    }
  }

  private static Address muxed(Address account) {
    return new Address(ChainAddress.muxed(account.strKey(), 7));
  }

  /** A muxed address is one of an account: who may see the stream stays the same. */
  @Test
  void shouldKnowAPartyInItsMuxedForm() {
    PaymentStream claim = claim(muxed(StreamFixture.SENDER), muxed(StreamFixture.RECIPIENT));
    assertThat(FactRules.apply(Optional.of(claim), CREATED, 1, 50).events()).hasSize(1);
    Parties muxed = Parties.of(muxed(StreamFixture.SENDER), muxed(StreamFixture.RECIPIENT));
    AppliedFact paused = applied(after(CREATED), new Paused(ID, muxed, 40), 50);
    assertThat(paused.anomalies()).isEmpty();
    assertThat(paused.after().isVerified()).isTrue();
    assertThat(paused.after().recipient()).isEqualTo(StreamFixture.RECIPIENT);
  }

  /** What the contract stores of a stream that the log does not know. */
  @Test
  void shouldTellAllThatIsFoundOfAStream() {
    PaymentStream fresh = after(CREATED);
    assertThat(FactRules.found(Optional.empty(), fresh))
        .extracting(StreamEvent::change)
        .hasOnlyElementsOfType(StreamChange.Created.class)
        .hasSize(1);
    for (PaymentStream stored :
        List.of(
            after(CREATED, new Paused(ID, BOTH, 40)).atVersion(1),
            after(CREATED, new Withdrawn(ID, BOTH, HUNDRED)).atVersion(1))) {
      List<StreamEvent> events = FactRules.found(Optional.empty(), stored);
      assertThat(events).hasSize(2);
      assertThat(events.get(1).change()).isEqualTo(new StreamChange.Corrected(false));
      assertThat(events.get(1).whole()).isTrue();
      assertThat(events.get(1).after()).isEqualTo(stored.atVersion(2));
      PaymentStream claim = claim(StreamFixture.SENDER, StreamFixture.RECIPIENT);
      assertThat(FactRules.found(Optional.of(claim), stored))
          .extracting(StreamEvent::after)
          .containsExactly(stored.atVersion(2));
      assertThat(FactRules.found(Optional.of(fresh), stored)).isEmpty();
      assertThat(FactRules.reconciled(fresh, stored, 60).whole()).isTrue();
    }
  }

  @Test
  void shouldFillInWhatLaterEventsTell() {
    PaymentStream stream =
        after(
            new Withdrawn(ID, Parties.ofRecipient(StreamFixture.RECIPIENT), HUNDRED),
            new Paused(ID, Parties.ofSender(StreamFixture.SENDER), 40),
            CREATED);
    assertThat(stream.sender()).isEqualTo(StreamFixture.SENDER);
    assertThat(stream.recipient()).isEqualTo(StreamFixture.RECIPIENT);
    assertThat(stream.token()).isEqualTo(StreamFixture.TOKEN);
    assertThat(stream.withdrawn()).isEqualTo(HUNDRED);
    assertThat(stream.status()).isEqualTo(StreamStatus.PAUSED);
    assertThat(stream.claimable(1000)).contains(HUNDRED); // from the withdrawal at 30 to 40
    assertThat(stream.isVerified()).isFalse();
    AppliedFact other =
        FactRules.apply(
            Optional.of(stream),
            new Withdrawn(ID, Parties.ofRecipient(StreamFixture.TOKEN), HUNDRED),
            1,
            60);
    assertThat(other.anomalies()).contains(Anomaly.OTHER_PARTIES);
    assertThat(other.after().recipient()).isEqualTo(StreamFixture.RECIPIENT);
  }

  /** As fast as events can come, no sum throws and no time overflows. */
  @Test
  void shouldTakeTheLargestValuesThereAre() {
    Amount most = new Amount(Amount.MAX_VALUE);
    long last = PaymentStream.MAX_TIME;
    Created largest =
        new Created(
            new StreamId(-1),
            StreamFixture.SENDER,
            StreamFixture.RECIPIENT,
            StreamFixture.TOKEN,
            most,
            most,
            last,
            true);
    PaymentStream s = FactRules.apply(Optional.empty(), largest, 1, 10).after();
    List<StreamFact> facts =
        List.of(
            new ToppedUp(s.id(), BOTH, most, most),
            new Withdrawn(s.id(), BOTH, most),
            new Withdrawn(s.id(), BOTH, most),
            new RateModified(s.id(), BOTH, most, most, last, last),
            new Paused(s.id(), BOTH, 0),
            new Resumed(s.id(), BOTH, last),
            new Paused(s.id(), BOTH, last),
            new Resumed(s.id(), BOTH, last),
            new Cancelled(s.id(), BOTH, most, most));
    Set<Anomaly> odd = new HashSet<>();
    for (StreamFact fact : facts) {
      AppliedFact applied = FactRules.apply(Optional.of(s), fact, 1, last);
      odd.addAll(applied.anomalies());
      s = applied.after();
      s.claimable(last);
      s.endTime();
    }
    assertThat(odd).containsExactly(Anomaly.SATURATED);
    assertThat(s.withdrawn()).isEqualTo(most);
    assertThat(s.status()).isEqualTo(StreamStatus.CANCELLED);
  }

  /** A state that was read from the contract holds what happened up to then. */
  @Test
  void shouldPublishButNotCountWhatTheStateHoldsAlready() {
    PaymentStream known = after(CREATED).with(new OnChain(20, true, true, 7));
    AppliedFact held = FactRules.apply(Optional.of(known), new Withdrawn(ID, BOTH, HUNDRED), 7, 50);
    assertThat(held.anomalies()).isEmpty();
    assertThat(held.events().get(0).change())
        .isEqualTo(new StreamChange.Withdrawn(HUNDRED, Amount.ZERO));
    assertThat(held.events().get(0).whole()).isTrue();
    assertThat(held.after().withdrawn()).isEqualTo(Amount.ZERO);
    AppliedFact later =
        FactRules.apply(Optional.of(held.after()), new Withdrawn(ID, BOTH, HUNDRED), 8, 60);
    assertThat(later.after().withdrawn()).isEqualTo(HUNDRED);
    assertThat(later.events().get(0).whole()).isFalse();
  }

  /** An event that was missed and comes on a replay. */
  @Test
  void shouldAddUpButNotGoBackForAnEventThatComesLate() {
    PaymentStream known = after(CREATED, new Paused(ID, BOTH, 40), new Resumed(ID, BOTH, 140));
    AppliedFact late = FactRules.apply(Optional.of(known), new Withdrawn(ID, BOTH, HUNDRED), 1, 35);
    assertThat(late.anomalies()).containsExactly(Anomaly.OUT_OF_ORDER);
    assertThat(late.after().withdrawn()).isEqualTo(HUNDRED);
    assertThat(late.after().lastUpdateTime()).isEqualTo(50);
    assertThat(late.after().isVerified()).isFalse();
    AppliedFact pause = FactRules.apply(Optional.of(known), new Paused(ID, BOTH, 35), 1, 35);
    assertThat(pause.after().status()).isEqualTo(StreamStatus.ACTIVE);
  }

  private static AppliedFact applied(PaymentStream before, StreamFact fact, long at) {
    return FactRules.apply(Optional.of(before), fact, 1, at);
  }

  private static Cancelled cancelled(long withdrawn, long refunded) {
    return new Cancelled(ID, BOTH, Amount.of(withdrawn), Amount.of(refunded));
  }

  private static RateModified rate(long old, long next, long since) {
    return new RateModified(ID, BOTH, Amount.of(old), Amount.of(next), 100, since);
  }

  /** What the contract tells of the past decides, not when its ledger closed. */
  @Test
  void shouldPayByTheTimesThatTheContractTells() {
    AppliedFact modified = applied(after(CREATED), rate(10, 20, 45), 50);
    assertThat(modified.anomalies()).isEmpty();
    assertThat(modified.after().claimable(60)).contains(Amount.of(300));
    PaymentStream resumed = after(CREATED, new Paused(ID, BOTH, 40), new Resumed(ID, BOTH, 0));
    assertThat(resumed.totalPausedDuration()).isEqualTo(10);
    assertThat(resumed.claimable(60)).contains(Amount.of(300));
    PaymentStream ahead = after(CREATED, new Paused(ID, BOTH, 200), new Resumed(ID, BOTH, 0));
    assertThat(ahead.totalPausedDuration()).isZero();
    assertThat(ahead.claimable(60)).contains(Amount.of(400));
  }

  /** Each is what an event tells that does not fit what those before it told. */
  @Test
  void shouldNoticeWhatDoesNotAddUp() {
    PaymentStream open = after(CREATED, new Withdrawn(ID, BOTH, HUNDRED));
    assertThat(applied(open, rate(9, 20, 50), 50).anomalies()).containsExactly(Anomaly.OTHER_RATE);
    assertThat(applied(open, new Withdrawn(ID, BOTH, Amount.of(901)), 50).anomalies())
        .containsExactly(Anomaly.OVERDRAWN);
    assertThat(applied(open, cancelled(50, 950), 50).anomalies())
        .containsExactly(Anomaly.OTHER_WITHDRAWN);
    assertThat(applied(open, cancelled(100, 800), 50).anomalies())
        .containsExactly(Anomaly.OTHER_DEPOSIT);
    ToppedUp topUp = new ToppedUp(ID, BOTH, HUNDRED, Amount.of(1200));
    assertThat(applied(open, topUp, 50).anomalies()).containsExactly(Anomaly.OTHER_DEPOSIT);
    assertThat(applied(open, topUp, 50).after().isVerified()).isFalse();
  }

  @Test
  void shouldTakeAStreamForCompletedThatIsClosedWhenAllIsPaid() {
    PaymentStream paid = after(CREATED, new Withdrawn(ID, BOTH, Amount.of(1000)));
    assertThat(applied(paid, new Closed(ID, StreamFixture.SENDER, 50), 50).after().status())
        .isEqualTo(StreamStatus.COMPLETED);
  }

  /** What was told before is newer than the creation, which comes late. */
  @Test
  void shouldKeepWhatIsNewerThanALateCreation() {
    PaymentStream faster = after(rate(10, 20, 25), CREATED);
    assertThat(faster.ratePerSecond()).isEqualTo(Amount.of(20));
    assertThat(faster.claimable(30)).contains(HUNDRED);
    PaymentStream larger = after(new ToppedUp(ID, BOTH, HUNDRED, Amount.of(1100)), CREATED);
    assertThat(larger.deposited()).isEqualTo(Amount.of(1100));
    Changed dispute = new Changed(ID, Parties.NONE, "dispute_requested", "{}");
    assertThat(after(dispute, CREATED).isModelled()).isFalse();
    Created cliff =
        new Created(
            ID,
            StreamFixture.SENDER,
            StreamFixture.RECIPIENT,
            StreamFixture.TOKEN,
            Amount.of(7),
            Amount.of(1000),
            20,
            false);
    assertThat(after(new Paused(ID, BOTH, 25), cliff).isModelled()).isFalse();
  }

  /** Late means older than what is known: it adds up, or is final, or says that we do not know. */
  @Test
  void shouldTakeFromALateEventWhatHoldsInAnyOrder() {
    PaymentStream known = after(CREATED, new ToppedUp(ID, BOTH, HUNDRED, Amount.of(1100)));
    ToppedUp earlier = new ToppedUp(ID, BOTH, Amount.of(50), Amount.of(1050));
    assertThat(applied(known, earlier, 35).after().deposited()).isEqualTo(Amount.of(1100));
    assertThat(applied(known, cancelled(100, 1000), 35).after().status())
        .isEqualTo(StreamStatus.CANCELLED);
    assertThat(applied(known, new Completed(ID, BOTH, Amount.of(1100)), 35).after().status())
        .isEqualTo(StreamStatus.COMPLETED);
    Changed dispute = new Changed(ID, Parties.NONE, "dispute_requested", "{}");
    assertThat(applied(known, dispute, 35).after().isModelled()).isFalse();
    assertThat(applied(after(CREATED, cancelled(100, 900)), dispute, 50).after().isModelled())
        .isFalse();
  }

  /** As the chain says: what has accrued ends with the latest pause that it tells of. */
  @Test
  void shouldMoveAPauseThatIsToldAgain() {
    PaymentStream paused =
        FactRules.apply(
                Optional.of(FactRules.apply(Optional.empty(), CREATED, 1, 20).after()),
                new Paused(ID, BOTH, 40),
                2,
                40)
            .after();
    AppliedFact again = FactRules.apply(Optional.of(paused), new Paused(ID, BOTH, 60), 3, 60);
    assertThat(again.anomalies()).containsExactly(Anomaly.PAUSED_TWICE);
    assertThat(again.after().pausedAt()).hasValue(60);
  }
}

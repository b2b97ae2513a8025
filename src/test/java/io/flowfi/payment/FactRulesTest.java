package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flowfi.payment.StreamFact.Cancelled;
import io.flowfi.payment.StreamFact.Completed;
import io.flowfi.payment.StreamFact.Created;
import io.flowfi.payment.StreamFact.FeeCollected;
import io.flowfi.payment.StreamFact.Paused;
import io.flowfi.payment.StreamFact.Resumed;
import io.flowfi.payment.StreamFact.ToppedUp;
import io.flowfi.payment.StreamFact.Withdrawn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Facts of the chain are taken as they are, unless they contradict the log. */
class FactRulesTest {
  private static final StreamId ID = StreamFixture.ID;
  private static final Amount HUNDRED = Amount.of(100);

  private static final Created CREATED =
      new Created(
          ID,
          StreamFixture.SENDER,
          StreamFixture.RECIPIENT,
          StreamFixture.TOKEN,
          Amount.of(10),
          Amount.of(1000),
          20);

  /** One of each kind; those of an open stream can all follow its creation. */
  static List<StreamFact> facts() {
    return List.of(
        CREATED,
        new ToppedUp(ID, HUNDRED, Amount.of(1100)),
        new Withdrawn(ID, HUNDRED),
        new Paused(ID, 40),
        new Resumed(ID, 140),
        new Cancelled(ID, HUNDRED, Amount.of(900)),
        new Completed(ID, Amount.of(1000)),
        new FeeCollected(ID, StreamFixture.SENDER, Amount.of(3), StreamFixture.TOKEN));
  }

  static List<StreamFact> withoutCreation() {
    return facts().subList(1, facts().size());
  }

  private static PaymentStream after(StreamFact... facts) {
    Optional<PaymentStream> stream = Optional.empty();
    long at = 30;
    for (StreamFact fact : facts) {
      stream = Optional.of(FactRules.apply(stream, fact, at).after());
      at += 10;
    }
    return stream.orElseThrow();
  }

  private static void assertImpossible(PaymentStream stream, StreamFact fact) {
    assertThatExceptionOfType(InconsistentFactException.class)
        .isThrownBy(() -> FactRules.apply(Optional.ofNullable(stream), fact, 60))
        .withMessageContaining(fact.type() + " of stream 7");
  }

  /** Fails for a kind that is forgotten here or in the rules. */
  @Test
  void shouldHaveARuleForEveryFact() {
    assertThat(StreamFixture.kindsOf(facts()))
        .isEqualTo(Set.of(StreamFact.class.getPermittedSubclasses()));
    for (StreamFact fact : facts()) {
      Optional<PaymentStream> before =
          fact == CREATED
              ? Optional.empty()
              : Optional.of(
                  fact instanceof Resumed ? after(CREATED, new Paused(ID, 40)) : after(CREATED));
      StreamEvent event = FactRules.apply(before, fact, 50);
      assertThat(event.change().type()).isEqualTo(fact.type());
      assertThat(event.timestamp()).isEqualTo(50);
      assertThat(event.after().origin()).isEqualTo(Origin.CHAIN);
      assertThat(event.after().lastUpdateTime()).isEqualTo(50);
      assertThat(event.after().version())
          .isEqualTo(before.map(PaymentStream::version).orElse(0L) + 1);
    }
  }

  @Test
  void shouldLeaveTheStreamAsTheChainSays() {
    PaymentStream s =
        after(CREATED, new ToppedUp(ID, HUNDRED, Amount.of(1100)), new Withdrawn(ID, HUNDRED));
    assertThat(s.deposited()).isEqualTo(Amount.of(1100));
    assertThat(s.withdrawn()).isEqualTo(HUNDRED);
    PaymentStream paused = after(CREATED, new Paused(ID, 35));
    assertThat(paused.pausedAt()).isEqualTo(OptionalLong.of(35));
    assertThat(paused.status()).isEqualTo(StreamStatus.PAUSED);
    PaymentStream resumed = after(CREATED, new Paused(ID, 35), new Resumed(ID, 135));
    assertThat(resumed.status()).isEqualTo(StreamStatus.ACTIVE);
    assertThat(resumed.totalPausedDuration()).isEqualTo(15);
    PaymentStream cancelled = after(CREATED, new Cancelled(ID, HUNDRED, Amount.of(900)));
    assertThat(cancelled.status()).isEqualTo(StreamStatus.CANCELLED);
    assertThat(cancelled.withdrawn()).isEqualTo(HUNDRED);
    assertThat(after(CREATED, new Completed(ID, Amount.of(1000))).status())
        .isEqualTo(StreamStatus.COMPLETED);
  }

  /** A command would be rejected: nothing is claimable yet, and a paused stream pays nothing. */
  @Test
  void shouldNotAskWhetherACommandWouldHaveBeenAllowed() {
    assertThat(after(CREATED, new Paused(ID, 30), new Withdrawn(ID, Amount.of(1000))).withdrawn())
        .isEqualTo(Amount.of(1000));
  }

  @ParameterizedTest
  @MethodSource("withoutCreation")
  void shouldNotTakeAFactOfAStreamThatIsNotThere(StreamFact fact) {
    assertImpossible(null, fact);
  }

  @ParameterizedTest
  @MethodSource("withoutCreation")
  void shouldNotLetTheChainChangeAStreamOfOurs(StreamFact fact) {
    assertImpossible(StreamFixture.active(10, 1000, 0), fact);
  }

  @Test
  void shouldNotTakeWhatCannotBeTrue() {
    PaymentStream open = after(CREATED);
    assertImpossible(open, CREATED);
    assertImpossible(open, new Withdrawn(ID, Amount.of(1001)));
    assertImpossible(open, new Resumed(ID, 140));
    assertImpossible(open, new Cancelled(ID, Amount.of(1001), Amount.ZERO));
    assertImpossible(after(CREATED, new Withdrawn(ID, HUNDRED)), new Completed(ID, Amount.of(99)));
    assertImpossible(after(CREATED, new Paused(ID, 35)), new Paused(ID, 40));
    PaymentStream largest = after(CREATED, new ToppedUp(ID, HUNDRED, new Amount(Amount.MAX_VALUE)));
    assertImpossible(
        after(CREATED, new Withdrawn(ID, HUNDRED)), new Withdrawn(ID, largest.deposited()));
  }

  @ParameterizedTest
  @EnumSource(names = {"CANCELLED", "COMPLETED"})
  void shouldLeaveAnEndedStreamEnded(StreamStatus status) {
    StreamFact end =
        status == StreamStatus.CANCELLED
            ? new Cancelled(ID, HUNDRED, Amount.of(900))
            : new Completed(ID, Amount.of(1000));
    PaymentStream ended = after(CREATED, end);
    for (StreamFact fact : withoutCreation()) {
      if (!(fact instanceof FeeCollected)) {
        assertImpossible(ended, fact);
      }
    }
  }
}

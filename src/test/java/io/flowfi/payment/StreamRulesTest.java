package io.flowfi.payment;

import static io.flowfi.payment.StreamFixture.ID;
import static io.flowfi.payment.StreamFixture.active;
import static io.flowfi.payment.StreamFixture.at;
import static io.flowfi.payment.StreamFixture.cancel;
import static io.flowfi.payment.StreamFixture.create;
import static io.flowfi.payment.StreamFixture.in;
import static io.flowfi.payment.StreamFixture.last;
import static io.flowfi.payment.StreamFixture.pause;
import static io.flowfi.payment.StreamFixture.resume;
import static io.flowfi.payment.StreamFixture.topUp;
import static io.flowfi.payment.StreamFixture.withdraw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flowfi.payment.CommandRejectedException.Reason;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of contract section 1, and the edges of each command. */
class StreamRulesTest {

  private static StreamCommand.OnStream command(String name) {
    return switch (name) {
      case "top-up" -> topUp(500);
      case "withdraw" -> withdraw();
      case "withdraw 100" -> withdraw(100);
      case "pause" -> pause();
      case "resume" -> resume();
      case "cancel" -> cancel();
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "top-up,       ACTIVE, stream.topped_up, ACTIVE",
    "top-up,       PAUSED, stream.topped_up, PAUSED",
    "withdraw,     ACTIVE, stream.withdrawn, ACTIVE",
    "withdraw 100, ACTIVE, stream.withdrawn, ACTIVE",
    "pause,        ACTIVE, stream.paused,    PAUSED",
    "resume,       PAUSED, stream.resumed,   ACTIVE",
    "cancel,       ACTIVE, stream.cancelled, CANCELLED",
    "cancel,       PAUSED, stream.cancelled, CANCELLED",
  })
  void shouldAllow(String command, StreamStatus before, String event, StreamStatus after) {
    PaymentStream stream = in(before);
    List<StreamEvent> events = StreamRules.apply(stream, command(command), 60);
    assertThat(events).extracting(e -> e.change().type().wireName()).containsExactly(event);
    assertThat(last(events).status()).isEqualTo(after);
    assertThat(last(events).version()).isEqualTo(stream.version() + 1);
    assertThat(last(events).lastUpdateTime()).isEqualTo(60);
  }

  @ParameterizedTest
  @CsvSource({
    "top-up,       CANCELLED, stream 7 is CANCELLED and cannot be topped up",
    "top-up,       COMPLETED, stream 7 is COMPLETED and cannot be topped up",
    "withdraw,     PAUSED,    stream 7 is PAUSED and cannot be withdrawn from",
    "withdraw,     CANCELLED, stream 7 is CANCELLED and cannot be withdrawn from",
    "withdraw,     COMPLETED, stream 7 is COMPLETED and cannot be withdrawn from",
    "withdraw 100, PAUSED,    stream 7 is PAUSED and cannot be withdrawn from",
    "withdraw 100, CANCELLED, stream 7 is CANCELLED and cannot be withdrawn from",
    "withdraw 100, COMPLETED, stream 7 is COMPLETED and cannot be withdrawn from",
    "pause,        PAUSED,    stream 7 is PAUSED and cannot be paused",
    "pause,        CANCELLED, stream 7 is CANCELLED and cannot be paused",
    "pause,        COMPLETED, stream 7 is COMPLETED and cannot be paused",
    "resume,       ACTIVE,    stream 7 is ACTIVE and cannot be resumed",
    "resume,       CANCELLED, stream 7 is CANCELLED and cannot be resumed",
    "resume,       COMPLETED, stream 7 is COMPLETED and cannot be resumed",
    "cancel,       CANCELLED, stream 7 is CANCELLED and cannot be cancelled",
    "cancel,       COMPLETED, stream 7 is COMPLETED and cannot be cancelled",
  })
  void shouldRefuse(String command, StreamStatus status, String message) {
    assertConflict(in(status), command(command), 60, message);
  }

  private static void assertConflict(
      PaymentStream stream, StreamCommand.OnStream command, long now, String message) {
    assertThatExceptionOfType(CommandRejectedException.class)
        .isThrownBy(() -> StreamRules.apply(stream, command, now))
        .withMessage(message)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.CONFLICT));
  }

  @Test
  void shouldCreate() {
    Reference reference = new Reference("INV-1");
    StreamCommand.Create given = create(10, 1000, 500);
    StreamCommand.Create command =
        new StreamCommand.Create(
            Optional.of(ID),
            given.sender(),
            given.recipient(),
            given.token(),
            given.ratePerSecond(),
            given.deposit(),
            500,
            Optional.of(reference));
    List<StreamEvent> events = StreamRules.create(ID, command, 400);
    assertThat(events).hasSize(1);
    PaymentStream stream = events.get(0).after();
    assertThat(stream)
        .isEqualTo(
            new PaymentStream(
                ID,
                StreamFixture.SENDER,
                StreamFixture.RECIPIENT,
                StreamFixture.TOKEN,
                Amount.of(10),
                Amount.of(1000),
                Amount.ZERO,
                500,
                400,
                StreamStatus.ACTIVE,
                OptionalLong.empty(),
                0,
                1,
                Origin.API,
                Optional.empty()));
    assertThat(events.get(0).change())
        .isEqualTo(
            new StreamChange.Created(StreamFixture.TOKEN, Amount.of(10), Amount.of(1000), 500));
    assertThat(events.get(0).reference()).contains(reference);
    assertThat(events.get(0).timestamp()).isEqualTo(400);
  }

  @Test
  void shouldPayNothingBeforeTheStartAndNothingAfterTheEnd() {
    PaymentStream stream = active(10, 1005, 100);
    assertThat(stream.claimable(0).orElseThrow()).isEqualTo(Amount.ZERO);
    assertThat(stream.claimable(100).orElseThrow()).isEqualTo(Amount.ZERO);
    assertThat(stream.claimable(101).orElseThrow()).isEqualTo(Amount.of(10));
    assertThat(stream.claimable(200).orElseThrow()).isEqualTo(Amount.of(1000));
    assertThat(stream.claimable(201).orElseThrow()).isEqualTo(Amount.of(1005));
    assertThat(stream.claimable(Long.MAX_VALUE).orElseThrow()).isEqualTo(Amount.of(1005));
    assertThat(stream.endTime()).hasValue(201);
  }

  @Test
  void shouldWithdrawWhatIsAskedOrAllThatIsClaimable() {
    PaymentStream stream = active(10, 1000, 0);
    List<StreamEvent> part = StreamRules.apply(stream, withdraw(300), 50);
    assertThat(part).hasSize(1);
    assertThat(part.get(0).change())
        .isEqualTo(new StreamChange.Withdrawn(Amount.of(300), Amount.of(300)));
    assertThat(last(part).claimable(50).orElseThrow()).isEqualTo(Amount.of(200));

    List<StreamEvent> rest = StreamRules.apply(last(part), withdraw(), 50);
    assertThat(rest.get(0).change())
        .isEqualTo(new StreamChange.Withdrawn(Amount.of(200), Amount.of(500)));
    assertConflict(last(rest), withdraw(), 50, "stream 7 has nothing to withdraw yet");
  }

  @Test
  void shouldRefuseToWithdrawMoreThanIsClaimable() {
    assertConflict(
        active(10, 1000, 0), withdraw(501), 50, "stream 7 has only 500 to withdraw, not 501");
    assertConflict(active(10, 1000, 100), withdraw(1), 50, "stream 7 has nothing to withdraw yet");
  }

  @Test
  void shouldCompleteWithTheWithdrawalThatDrainsTheDeposit() {
    List<StreamEvent> events = StreamRules.apply(active(10, 1000, 0), withdraw(1000), 200);
    assertThat(events)
        .extracting(StreamEvent::change)
        .containsExactly(
            new StreamChange.Withdrawn(Amount.of(1000), Amount.of(1000)),
            new StreamChange.Completed(Amount.of(1000)));
    assertThat(events).extracting(e -> e.after().version()).containsExactly(2L, 3L);
    assertThat(events)
        .extracting(e -> e.after().status())
        .containsExactly(StreamStatus.ACTIVE, StreamStatus.COMPLETED);
    assertThat(last(events).claimable(300).orElseThrow()).isEqualTo(Amount.ZERO);
  }

  @Test
  void shouldNotPayWhilePausedAndMoveTheEnd() {
    PaymentStream paused = last(StreamRules.apply(active(10, 1000, 0), pause(), 30));
    assertThat(paused.claimable(1000).orElseThrow()).isEqualTo(Amount.of(300));
    assertThat(paused.endTime()).isEmpty();

    List<StreamEvent> resumed = StreamRules.apply(paused, resume(), 80);
    assertThat(resumed.get(0).change()).isEqualTo(new StreamChange.Resumed(150));
    assertThat(last(resumed).totalPausedDuration()).isEqualTo(50);
    assertThat(last(resumed).claimable(80).orElseThrow()).isEqualTo(Amount.of(300));
    assertThat(last(resumed).claimable(81).orElseThrow()).isEqualTo(Amount.of(310));
  }

  @Test
  void shouldNotDelayTheStreamByAPauseBeforeItsStart() {
    PaymentStream scheduled = last(StreamRules.create(ID, create(10, 1000, 100), 0));
    PaymentStream paused = last(StreamRules.apply(scheduled, pause(), 10));
    assertThat(last(StreamRules.apply(paused, resume(), 60)).claimable(101).orElseThrow())
        .isEqualTo(Amount.of(10));
    PaymentStream late = last(StreamRules.apply(paused, resume(), 130));
    assertThat(late.claimable(130).orElseThrow()).isEqualTo(Amount.ZERO);
    assertThat(late.claimable(131).orElseThrow()).isEqualTo(Amount.of(10));
    assertThat(late.totalPausedDuration()).isEqualTo(30);
  }

  @Test
  void shouldStandAClockThatWentBack() {
    PaymentStream stream = last(StreamRules.apply(active(10, 1000, 0), withdraw(), 50));
    assertConflict(stream, withdraw(), 40, "stream 7 has nothing to withdraw yet");
    PaymentStream paused = last(StreamRules.apply(stream, pause(), 60));
    PaymentStream resumed = last(StreamRules.apply(paused, resume(), 55));
    assertThat(resumed.totalPausedDuration()).isZero();
  }

  @Test
  void shouldTellTheNewEndOfATopUpOnlyWhileItIsKnown() {
    StreamChange running = StreamRules.apply(active(10, 1000, 0), topUp(501), 50).get(0).change();
    assertThat(running)
        .isEqualTo(new StreamChange.ToppedUp(Amount.of(501), Amount.of(1501), at(151)));
    StreamChange paused =
        StreamRules.apply(in(StreamStatus.PAUSED), topUp(501), 60).get(0).change();
    assertThat(paused)
        .isEqualTo(
            new StreamChange.ToppedUp(Amount.of(501), Amount.of(1501), OptionalLong.empty()));
  }

  @Test
  void shouldGiveTheRecipientWhatIsAccruedAndTheSenderTheRest() {
    PaymentStream stream = last(StreamRules.apply(active(10, 1000, 0), withdraw(100), 30));
    List<StreamEvent> events = StreamRules.apply(stream, cancel(), 50);
    assertThat(events.get(0).change())
        .isEqualTo(new StreamChange.Cancelled(Amount.of(500), Amount.of(500)));
    assertThat(last(events).withdrawn()).isEqualTo(Amount.of(500));
    assertThat(last(events).claimable(1000).orElseThrow()).isEqualTo(Amount.ZERO);
  }

  @Test
  void shouldPayUpToThePauseWhenCancelledDuringIt() {
    List<StreamEvent> events = StreamRules.apply(in(StreamStatus.PAUSED), cancel(), 90);
    assertThat(events.get(0).change())
        .isEqualTo(new StreamChange.Cancelled(Amount.of(500), Amount.of(500)));
    assertThat(last(events).pausedAt()).isEmpty();
  }

  @Test
  void shouldRefuseADepositBeyondI128InsteadOfWrapping() {
    PaymentStream full =
        last(StreamRules.create(ID, create(Amount.MAX_VALUE, Amount.MAX_VALUE, 0), 0));
    assertConflict(
        full, topUp(1), 0, "stream 7 would exceed the largest amount, " + Amount.MAX_VALUE);
    assertThat(full.claimable(Long.MAX_VALUE).orElseThrow().value()).isEqualTo(Amount.MAX_VALUE);
    assertThat(full.endTime()).hasValue(1);
  }

  @Test
  void shouldReportAnEndBeyondWhatABrowserCountsAsTheLargestItCan() {
    PaymentStream slow =
        last(StreamRules.create(ID, create(BigInteger.ONE, Amount.MAX_VALUE, 5), 0));
    assertThat(slow.endTime()).hasValue(9_007_199_254_740_991L);
  }

  @Test
  void shouldKeepTheReferenceWithEveryEventOfItsCommand() {
    Optional<Reference> reference = Optional.of(new Reference("INV-9"));
    List<StreamEvent> events =
        StreamRules.apply(
            active(10, 1000, 0), new StreamCommand.Withdraw(ID, Optional.empty(), reference), 100);
    assertThat(events.stream().map(StreamEvent::reference).collect(Collectors.toSet()))
        .containsExactly(reference);
    assertThat(events).hasSize(2);
  }
}

package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class StreamCommandTest {
  private static void assertInvalid(String field, ThrowingCallable command) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(command)
        .satisfies(e -> assertThat(e.field()).isEqualTo(field));
  }

  @Test
  void shouldTakeStartTimesOfFourDigitYearsOnly() {
    assertThat(StreamFixture.create(1, 1, 0).startTime()).isZero();
    assertThat(StreamFixture.create(1, 1, 253_402_300_799L).startTime())
        .isEqualTo(253_402_300_799L);
    assertInvalid("startTime", () -> StreamFixture.create(1, 1, -1));
    // milliseconds
    assertInvalid("startTime", () -> StreamFixture.create(1, 1, 1_700_000_000_000L));
  }

  @Test
  void shouldRefuseAmountsOfNothing() {
    assertInvalid("ratePerSecond", () -> StreamFixture.create(0, 1, 0));
    assertInvalid("depositedAmount", () -> StreamFixture.create(1, 0, 0));
    assertInvalid("amount", () -> StreamFixture.topUp(0));
    assertInvalid("amount", () -> StreamFixture.withdraw(0));
  }

  @Test
  void shouldNameItsTarget() {
    assertThat(StreamFixture.create(1, 1, 0).target()).isEmpty();
    assertThat(StreamFixture.pause().target()).contains(StreamFixture.ID);
  }

  /** Fails for a kind that is forgotten here or in the rules. */
  @Test
  void shouldHaveARuleForEveryCommand() {
    List<StreamCommand.OnStream> commands =
        List.of(
            StreamFixture.topUp(1),
            StreamFixture.withdraw(1),
            StreamFixture.pause(),
            StreamFixture.resume(),
            StreamFixture.cancel());
    assertThat(StreamFixture.kindsOf(commands))
        .isEqualTo(Set.of(StreamCommand.OnStream.class.getPermittedSubclasses()));
    for (StreamCommand.OnStream command : commands) {
      PaymentStream stream =
          StreamFixture.in(
              command instanceof StreamCommand.Resume ? StreamStatus.PAUSED : StreamStatus.ACTIVE);
      assertThat(StreamRules.apply(stream, command, 60)).isNotEmpty();
    }
  }

  @Test
  void shouldNotLetAStreamContradictItself() {
    PaymentStream s = StreamFixture.active(10, 1000, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with(s, Amount.ZERO, Amount.ZERO, OptionalLong.empty()))
        .withMessage("ratePerSecond must be positive");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with(s, s.ratePerSecond(), Amount.of(1001), OptionalLong.empty()))
        .withMessage("withdrawnAmount exceeds depositedAmount");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with(s, s.ratePerSecond(), Amount.ZERO, OptionalLong.of(5)))
        .withMessage("pausedAt belongs to PAUSED streams only");
  }

  private static PaymentStream with(
      PaymentStream s, Amount rate, Amount withdrawn, OptionalLong pausedAt) {
    return new PaymentStream(
        s.id(),
        s.sender(),
        s.recipient(),
        s.token(),
        rate,
        s.deposited(),
        withdrawn,
        s.startTime(),
        s.lastUpdateTime(),
        s.status(),
        pausedAt,
        0,
        1,
        s.origin(),
        s.onChain());
  }
}

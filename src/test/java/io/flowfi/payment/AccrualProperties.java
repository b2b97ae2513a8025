package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flowfi.payment.StreamStory.Step;
import io.flowfi.payment.StreamStory.Step.Kind;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.LongRange;

/** Properties of every stream, for all commands at all times. */
class AccrualProperties {

  /** Small numbers meet the edges of the rules, large ones those of i128. */
  @Provide
  Arbitrary<BigInteger> amounts() {
    return Arbitraries.oneOf(
        Arbitraries.bigIntegers().between(BigInteger.ONE, BigInteger.valueOf(50)),
        Arbitraries.bigIntegers().between(BigInteger.ONE, BigInteger.valueOf(100_000)),
        Arbitraries.bigIntegers().between(BigInteger.ONE, Amount.MAX_VALUE));
  }

  private Arbitrary<StreamStory> newStories() {
    return Combinators.combine(amounts(), amounts(), Arbitraries.longs().between(0, 300))
        .as(
            (rate, deposit, start) ->
                new StreamStory(StreamFixture.create(rate, deposit, start), 100));
  }

  private Arbitrary<StreamStory> played(Arbitrary<Kind> kinds) {
    Arbitrary<Long> seconds =
        Arbitraries.oneOf(Arbitraries.longs().between(0, 3), Arbitraries.longs().between(0, 1_000));
    Arbitrary<Step> steps = Combinators.combine(kinds, seconds, amounts()).as(Step::new);
    return Combinators.combine(newStories(), steps.list().ofMaxSize(20))
        .as(
            (story, played) -> {
              played.forEach(story::play);
              return story;
            });
  }

  @Provide
  Arbitrary<StreamStory> stories() {
    // mostly without an early end
    return played(
        Arbitraries.frequency(
            Tuple.of(8, Kind.TOP_UP),
            Tuple.of(8, Kind.WITHDRAW),
            Tuple.of(8, Kind.WITHDRAW_ALL),
            Tuple.of(8, Kind.PAUSE),
            Tuple.of(8, Kind.RESUME),
            Tuple.of(1, Kind.CANCEL)));
  }

  @Provide
  Arbitrary<StreamStory> storiesAsOnChain() {
    return played(Arbitraries.of(Kind.TOP_UP, Kind.WITHDRAW_ALL, Kind.PAUSE, Kind.RESUME));
  }

  @Property(tries = 500)
  void shouldNumberEventsAndNeverPayMoreThanWasDeposited(@ForAll("stories") StreamStory story) {
    long version = 0;
    for (StreamEvent event : story.events()) {
      assertThat(event.after().version()).isEqualTo(++version);
      assertThat(event.after().withdrawn()).isLessThanOrEqualTo(event.after().deposited());
    }
    assertThat(story.stream().version()).isEqualTo(story.events().size());
  }

  @Property(tries = 500)
  void shouldOweForPaidSecondsOnlyAndNeverMoreThanIsLeft(
      @ForAll("stories") StreamStory story, @ForAll @LongRange(max = 100_000) long later) {
    Assume.that(!story.stream().status().isFinal());
    story.pass(later);
    PaymentStream stream = story.stream();
    BigInteger earned =
        stream.ratePerSecond().value().multiply(BigInteger.valueOf(story.paidSeconds()));
    BigInteger owed = earned.min(stream.deposited().value()).subtract(stream.withdrawn().value());
    assertThat(stream.claimable(story.now()).orElseThrow().value()).isEqualTo(owed);
    assertThat(owed)
        .isBetween(BigInteger.ZERO, stream.deposited().minus(stream.withdrawn()).value());
  }

  @Property(tries = 500)
  void shouldOweWhatTheContractOnChainWould(@ForAll("storiesAsOnChain") StreamStory story) {
    PaymentStream stream = story.stream();
    Assume.that(!stream.status().isFinal());
    BigInteger sinceWithdrawal =
        stream
            .ratePerSecond()
            .value()
            .multiply(BigInteger.valueOf(story.paidSecondsSinceWithdrawal()));
    BigInteger left = stream.deposited().minus(stream.withdrawn()).value();
    assertThat(stream.claimable(story.now()).orElseThrow().value())
        .isEqualTo(sinceWithdrawal.min(left));
  }

  @Property(tries = 500)
  void shouldNotAccrueWhilePaused(
      @ForAll("stories") StreamStory story, @ForAll @LongRange(max = 1L << 40) long later) {
    story.play(new Step(Kind.PAUSE, 0, BigInteger.ONE));
    Assume.that(story.stream().status() == StreamStatus.PAUSED);
    Amount before = story.stream().claimable(story.now()).orElseThrow();
    story.pass(later);
    assertThat(story.stream().claimable(story.now()).orElseThrow()).isEqualTo(before);
    story.play(new Step(Kind.RESUME, 0, BigInteger.ONE));
    assertThat(story.stream().status()).isEqualTo(StreamStatus.ACTIVE);
    assertThat(story.stream().claimable(story.now()).orElseThrow()).isEqualTo(before);
  }

  @Property(tries = 500)
  void shouldLeaveNothingClaimableByWithdrawingAll(@ForAll("stories") StreamStory story) {
    Amount claimable = story.stream().claimable(story.now()).orElseThrow();
    Assume.that(story.stream().status() == StreamStatus.ACTIVE && !claimable.isZero());
    Amount before = story.stream().withdrawn();
    story.play(new Step(Kind.WITHDRAW_ALL, 0, BigInteger.ONE));
    assertThat(story.stream().claimable(story.now()).orElseThrow()).isEqualTo(Amount.ZERO);
    assertThat(story.stream().withdrawn()).isEqualTo(before.plus(claimable));
    assertThat(story.stream().status() == StreamStatus.COMPLETED)
        .isEqualTo(story.stream().withdrawn().equals(story.stream().deposited()));
  }

  @Property(tries = 500)
  void shouldConserveTheDepositWhenCancelled(@ForAll("stories") StreamStory story) {
    Assume.that(!story.stream().status().isFinal());
    Amount owed =
        story.stream().withdrawn().plus(story.stream().claimable(story.now()).orElseThrow());
    story.play(new Step(Kind.CANCEL, 0, BigInteger.ONE));
    StreamChange change = story.events().get(story.events().size() - 1).change();
    assertThat(change)
        .isEqualTo(new StreamChange.Cancelled(story.stream().deposited().minus(owed), owed));
    assertThat(story.stream().withdrawn()).isEqualTo(owed);
  }

  @Property(tries = 500)
  void shouldEndInTheFirstSecondAtWhichEverythingIsStreamed(@ForAll("stories") StreamStory story) {
    PaymentStream stream = story.stream();
    Assume.that(stream.status() == StreamStatus.ACTIVE);
    long end = stream.endTime().getAsLong();
    Amount left = stream.deposited().minus(stream.withdrawn());
    if (end == PaymentStream.MAX_TIME) {
      assertThat(stream.claimable(end - 1).orElseThrow()).isLessThan(left);
    } else {
      assertThat(stream.claimable(end).orElseThrow()).isEqualTo(left);
      assertThat(stream.claimable(end - 1).orElseThrow()).isLessThan(left);
    }
  }

  @Property
  void shouldReadEveryAmountItPrints(@ForAll("amounts") BigInteger value) {
    Amount amount = new Amount(value);
    assertThat(Amount.parsePositive("amount", amount.toString())).isEqualTo(amount);
  }

  @Property
  void shouldAddExactlyOrNotAtAll(
      @ForAll("amounts") BigInteger a, @ForAll("amounts") BigInteger b) {
    BigInteger sum = a.add(b);
    if (sum.bitLength() <= 127) {
      assertThat(new Amount(a).plus(new Amount(b)).value()).isEqualTo(sum);
      assertThat(new Amount(sum).minus(new Amount(b)).value()).isEqualTo(a);
    } else {
      assertThatExceptionOfType(ArithmeticException.class)
          .isThrownBy(() -> new Amount(a).plus(new Amount(b)));
    }
  }

  @Property
  void shouldReadEveryStreamIdItPrintsAndCompareAsUnsigned(@ForAll long a, @ForAll long b) {
    StreamId id = new StreamId(a);
    assertThat(StreamId.parse("id", id.toString())).isEqualTo(id);
    assertThat(Integer.signum(id.compareTo(new StreamId(b))))
        .isEqualTo(
            new BigInteger(id.toString()).compareTo(new BigInteger(new StreamId(b).toString())));
  }
}

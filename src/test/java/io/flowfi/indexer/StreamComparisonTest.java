package io.flowfi.indexer;

import static io.flowfi.indexer.ContractInMemory.applied;
import static io.flowfi.indexer.ContractInMemory.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.flowfi.indexer.Drift.Difference;
import io.flowfi.indexer.Drift.With;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.OnChain;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which values are compared, each by itself. */
class StreamComparisonTest {
  private static final StreamId ONE = new StreamId(1);
  private static final long START = ContractInMemory.START;

  /** SEP-23's own example: the muxed form of the account below. */
  private static final Address MUXED =
      new Address("MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK");

  private static final Address BASE =
      new Address("GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ");

  private final PaymentStream right =
      new ContractInMemory().stream(ONE, new StreamFact.Paused(ONE, Parties.NONE, START + 60));

  /** A stream of which one value is another one. */
  private static PaymentStream withOther(String field, PaymentStream as) {
    Address stranger = LedgerFixture.account(9);
    OnChain chain = as.onChain().orElseThrow();
    OptionalLong pausedAt =
        switch (field) {
          case "status" -> OptionalLong.empty();
          case "pausedAt" -> OptionalLong.of(START + 50);
          default -> as.pausedAt();
        };
    return new PaymentStream(
        as.id(),
        field.equals("sender") ? stranger : as.sender(),
        field.equals("recipient") ? stranger : as.recipient(),
        field.equals("tokenAddress") ? stranger : as.token(),
        field.equals("ratePerSecond") ? Amount.of(99) : as.ratePerSecond(),
        field.equals("depositedAmount") ? Amount.of(99) : as.deposited(),
        field.equals("withdrawnAmount") ? Amount.of(99) : as.withdrawn(),
        field.equals("startTime") ? START - 9 : as.startTime(),
        as.lastUpdateTime(),
        field.equals("status") ? StreamStatus.ACTIVE : as.status(),
        pausedAt,
        field.equals("totalPausedDuration") ? 9 : as.totalPausedDuration(),
        field.equals("version") ? as.version() + 9 : as.version(),
        as.origin(),
        Optional.of(field.equals("accruesFrom") ? chain.from(START - 9) : chain));
  }

  @Test
  void shouldFindNoDifferenceWhereThereIsNone() {
    assertThat(StreamComparison.withContract(right, entry(right, 900))).isEmpty();
    assertThat(StreamComparison.withEvents(right, right)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sender",
        "recipient",
        "tokenAddress",
        "ratePerSecond",
        "depositedAmount",
        "withdrawnAmount",
        "status",
        "startTime",
        "pausedAt",
        "accruesFrom"
      })
  void shouldCompareEveryValueWithBoth(String field) {
    PaymentStream wrong = withOther(field, right);
    List<Difference> contract = StreamComparison.withContract(wrong, entry(right, 900));
    List<Difference> events = StreamComparison.withEvents(wrong, right);
    assertThat(contract)
        .extracting(Difference::with, Difference::field)
        .containsExactly(tuple(With.CONTRACT, field));
    assertThat(events)
        .extracting(Difference::with, Difference::field)
        .containsExactly(tuple(With.EVENTS, field));
    assertThat(contract.get(0).here()).isNotEqualTo(contract.get(0).there());
    assertThat(contract.get(0).here()).isEqualTo(events.get(0).here());
    assertThat(contract.get(0).there()).isEqualTo(events.get(0).there());
  }

  /** The contract stores neither. */
  @ParameterizedTest
  @ValueSource(strings = {"version", "totalPausedDuration"})
  void shouldCompareWithTheEventsWhatOnlyTheyTell(String field) {
    PaymentStream wrong = withOther(field, right);
    assertThat(StreamComparison.withEvents(wrong, right))
        .extracting(Difference::field)
        .containsExactly(field);
    assertThat(StreamComparison.withContract(wrong, entry(right, 900))).isEmpty();
  }

  @Test
  void shouldNotCompareHowAStreamPaysThatIsNotModelled() {
    PaymentStream touched =
        applied(right, new StreamFact.Changed(ONE, Parties.NONE, "dispute_requested", "{}"));
    StreamEntry otherRate = entry(withOther("ratePerSecond", right), 900);
    assertThat(StreamComparison.withContract(right, otherRate)).hasSize(1);
    assertThat(StreamComparison.withContract(touched, otherRate)).isEmpty();
    StreamEntry otherDeposit = entry(withOther("depositedAmount", right), 900);
    assertThat(StreamComparison.withContract(touched, otherDeposit)).hasSize(1);
  }

  /** It ended, and the contract may leave anything behind of how it paid. */
  @Test
  void shouldNotCompareHowAStreamPaidThatHasEnded() {
    PaymentStream ended =
        applied(
            right, new StreamFact.Cancelled(ONE, Parties.NONE, Amount.of(420), Amount.of(9_580)));
    assertThat(StreamComparison.withContract(ended, entry(withOther("ratePerSecond", ended), 900)))
        .isEmpty();
    assertThat(StreamComparison.withContract(ended, entry(withOther("accruesFrom", ended), 900)))
        .isEmpty();
  }

  /** The contract stores the base of a muxed address. */
  @Test
  void shouldCompareTheBaseOfMuxedParties() {
    PaymentStream muxed = betweenParties(MUXED);
    PaymentStream base = betweenParties(BASE);
    assertThat(StreamComparison.withContract(muxed, entry(base, 900))).isEmpty();
    assertThat(StreamComparison.withContract(base, entry(muxed, 900))).isEmpty();
    assertThat(StreamComparison.withContract(muxed, entry(right, 900))).hasSize(2);
  }

  private PaymentStream betweenParties(Address party) {
    return new PaymentStream(
        right.id(),
        party,
        party,
        right.token(),
        right.ratePerSecond(),
        right.deposited(),
        right.withdrawn(),
        right.startTime(),
        right.lastUpdateTime(),
        right.status(),
        right.pausedAt(),
        right.totalPausedDuration(),
        right.version(),
        right.origin(),
        right.onChain());
  }
}

package io.flowfi.ledger;

import static io.flowfi.payment.StreamFixture.RECIPIENT;
import static io.flowfi.payment.StreamFixture.SENDER;
import static io.flowfi.payment.StreamFixture.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogPurpose;
import io.flowfi.payment.Amount;
import io.flowfi.payment.OnChain;
import io.flowfi.payment.Origin;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.Reference;
import io.flowfi.payment.StreamChange;
import io.flowfi.payment.StreamEvent;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamFixture;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of contract section 2, type by type. */
class EventPayloadTest {
  private static final Amount LARGEST = new Amount(Amount.MAX_VALUE);
  private static final String MAX = "170141183460469231731687303715884105727";

  private static final PaymentStream STREAM = stream(true);

  private static final String COMMON =
      "{\"streamId\":\"18446744073709551615\",\"sender\":\""
          + SENDER
          + "\",\"recipient\":\""
          + RECIPIENT
          + "\",\"version\":3,\"timestamp\":600,\"origin\":\"chain\"";

  private static PaymentStream stream(boolean modelled) {
    return stream(Origin.CHAIN, Optional.of(new OnChain(500, modelled, true, 0)));
  }

  private static PaymentStream stream(Origin origin, Optional<OnChain> onChain) {
    return new PaymentStream(
        StreamId.parse("id", "18446744073709551615"),
        SENDER,
        RECIPIENT,
        TOKEN,
        Amount.of(10),
        LARGEST,
        Amount.ZERO,
        500,
        600,
        StreamStatus.ACTIVE,
        OptionalLong.empty(),
        0,
        3,
        origin,
        onChain);
  }

  private static String payload(StreamChange change, Optional<Reference> reference) {
    return EventPayload.write(new StreamEvent(change, STREAM, 600, reference), LogPurpose.REAL);
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        Arguments.of(
            new StreamChange.Created(TOKEN, Amount.of(10), LARGEST, 500),
            ",\"tokenAddress\":\""
                + TOKEN
                + "\",\"ratePerSecond\":\"10\",\"depositedAmount\":\""
                + MAX
                + "\",\"startTime\":500}"),
        Arguments.of(
            new StreamChange.ToppedUp(
                Amount.of(5), LARGEST, OptionalLong.of(9_007_199_254_740_991L)),
            ",\"amount\":\"5\",\"newDepositedAmount\":\""
                + MAX
                + "\",\"newEndTime\":9007199254740991}"),
        Arguments.of(
            new StreamChange.ToppedUp(Amount.of(5), Amount.of(1005), OptionalLong.empty()),
            ",\"amount\":\"5\",\"newDepositedAmount\":\"1005\",\"newEndTime\":null}"),
        Arguments.of(
            new StreamChange.Withdrawn(Amount.of(5), LARGEST),
            ",\"amount\":\"5\",\"withdrawnAmount\":\"" + MAX + "\"}"),
        Arguments.of(new StreamChange.Paused(600), ",\"pausedAt\":600}"),
        Arguments.of(new StreamChange.Resumed(700), ",\"newEndTime\":700}"),
        Arguments.of(
            new StreamChange.Cancelled(Amount.ZERO, LARGEST),
            ",\"refundedAmount\":\"0\",\"amountWithdrawn\":\"" + MAX + "\"}"),
        Arguments.of(new StreamChange.Completed(LARGEST), ",\"totalWithdrawn\":\"" + MAX + "\"}"),
        Arguments.of(
            new StreamChange.FeeCollected(SENDER, Amount.of(3), TOKEN),
            ",\"treasury\":\"" + SENDER + "\",\"feeAmount\":\"3\",\"token\":\"" + TOKEN + "\"}"),
        Arguments.of(
            new StreamChange.RateModified(Amount.of(5), LARGEST, 700, 650),
            ",\"oldRatePerSecond\":\"5\",\"newRatePerSecond\":\""
                + MAX
                + "\",\"newEndTime\":700,\"accruesFrom\":650}"),
        Arguments.of(
            new StreamChange.Closed(SENDER, 600),
            ",\"closer\":\"" + SENDER + "\",\"closedAt\":600}"),
        Arguments.of(
            new StreamChange.Changed("dispute_requested", "{\"arbiter\":[1,null]}"),
            ",\"name\":\"dispute_requested\",\"data\":{\"arbiter\":[1,null]}}"),
        Arguments.of(new StreamChange.Corrected(true), ",\"replaced\":true}"),
        Arguments.of(new StreamChange.Corrected(false), ",\"replaced\":false}"),
        Arguments.of(new StreamChange.Reconciled(), "}"));
  }

  /** Who computes what is claimable from a rate of its events must not do so. */
  @Test
  void shouldSayOfACreationIfItsStreamIsNotModelled() {
    StreamChange created = new StreamChange.Created(TOKEN, Amount.ZERO, LARGEST, 500);
    StreamEvent event = new StreamEvent(created, stream(false), 600, Optional.empty());
    assertThat(EventPayload.write(event, LogPurpose.REAL))
        .endsWith(
            ",\"ratePerSecond\":\"0\",\"depositedAmount\":\""
                + MAX
                + "\",\"startTime\":500,\"modelled\":false}");
  }

  /** Where a change does not lead from the state before to the one after. */
  @Test
  void shouldTellTheWholeStateWhereTheChangeIsNotEnough() {
    StreamEvent event =
        new StreamEvent(new StreamChange.Reconciled(), STREAM, 600, Optional.empty(), true);
    assertThat(EventPayload.write(event, LogPurpose.REAL))
        .isEqualTo(COMMON + ",\"state\":{" + STATE + "}}");
  }

  private static final String STATE =
      "\"tokenAddress\":\""
          + TOKEN
          + "\",\"ratePerSecond\":\"10\",\"depositedAmount\":\""
          + MAX
          + "\",\"withdrawnAmount\":\"0\",\"startTime\":500,\"status\":\"ACTIVE\",\"pausedAt\":null"
          + ",\"totalPausedDuration\":0,\"accruesFrom\":500,\"modelled\":true,\"verified\":true,\"asOfLedger\":0";

  @Test
  void shouldTellWhereOnTheChainAnEventIs() {
    ChainFact fact =
        new ChainFact(
            new StreamFact.Paused(STREAM.id(), Parties.NONE, 600),
            new ChainPosition(1000, 2, 3, 4),
            "ab".repeat(32),
            600,
            "stream_paused",
            new byte[32],
            Optional.empty());
    StreamEvent event =
        new StreamEvent(new StreamChange.Paused(600), STREAM, 600, Optional.empty());
    assertThat(EventPayload.write(event, Optional.of(fact)))
        .isEqualTo(
            COMMON
                + ",\"transactionHash\":\""
                + "ab".repeat(32)
                + "\",\"ledger\":1000,\"transactionIndex\":2,\"operationIndex\":3"
                + ",\"eventIndex\":4,\"pausedAt\":600}");
  }

  /** Fails for a kind that is forgotten here or in the payload. */
  @Test
  void shouldKnowEveryChange() {
    assertThat(StreamFixture.kindsOf(changes().map(arguments -> arguments.get()[0]).toList()))
        .isEqualTo(Set.of(StreamChange.class.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void shouldWriteExactlyTheFieldsOfItsType(StreamChange change, String fields) {
    assertThat(payload(change, Optional.empty())).isEqualTo(COMMON + fields);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void shouldPutTheReferenceAmongTheCommonFields(StreamChange change, String fields) {
    assertThat(payload(change, Optional.of(new Reference("INV-1"))))
        .isEqualTo(COMMON + ",\"reference\":\"INV-1\"" + fields);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"",
        "\\",
        "\\n\\r",
        "\\u000a",
        "\"}\\n\\ndata: {\"forged\":1}",
        "</script><script>",
        "💸 発票 ¥",
        "e\u0301",
        "'"
      })
  void shouldCarryAnyReferenceUnharmedOnOneLine(String text) throws Exception {
    String payload = payload(new StreamChange.Paused(600), Optional.of(new Reference(text)));
    assertThat(payload.chars()).noneMatch(c -> c == '\n' || c == '\r' || c < 0x20);
    assertThat(new ObjectMapper().readTree(payload).get("reference").asText()).isEqualTo(text);
    assertThat(new ObjectMapper().readTree(payload).size()).isEqualTo(8);
  }

  @Test
  void shouldSayWhoMayChangeAStreamOfCommands() {
    PaymentStream ours = stream(Origin.API, Optional.empty());
    String payload =
        EventPayload.write(
            new StreamEvent(new StreamChange.Resumed(1), ours, 600, Optional.empty()),
            LogPurpose.REAL);
    assertThat(payload).isEqualTo(COMMON.replace("chain", "api") + ",\"newEndTime\":1}");
  }

  static Stream<Arguments> protocol() {
    return Stream.of(
        Arguments.of(
            new ProtocolFact.FeeConfigUpdated(SENDER, RECIPIENT, TOKEN, 25, 30),
            ",\"admin\":\"%s\",\"oldTreasury\":\"%s\",\"newTreasury\":\"%s\",\"oldFeeRateBps\":25,\"newFeeRateBps\":30}"
                .formatted(SENDER, RECIPIENT, TOKEN)),
        Arguments.of(
            new ProtocolFact.AdminTransferred(SENDER, RECIPIENT),
            ",\"previousAdmin\":\"%s\",\"newAdmin\":\"%s\"}".formatted(SENDER, RECIPIENT)),
        Arguments.of(
            new ProtocolFact.Initialized(SENDER, RECIPIENT, 25),
            ",\"admin\":\"%s\",\"treasury\":\"%s\",\"feeRateBps\":25}"
                .formatted(SENDER, RECIPIENT)),
        Arguments.of(
            new ProtocolFact.Changed("moon_is_full", "{\"since\":\"7\"}"),
            ",\"name\":\"moon_is_full\",\"data\":{\"since\":\"7\"}}"),
        Arguments.of(
            new ProtocolFact.ContractUpgraded("aa", "bb"),
            ",\"oldWasm\":\"aa\",\"newWasm\":\"bb\"}"),
        Arguments.of(new ProtocolFact.HistoryGap(7, 9), ",\"fromLedger\":7,\"toLedger\":9}"),
        Arguments.of(
            new ProtocolFact.Quarantined("1-0", "cut off", Optional.of(new StreamId(7))),
            ",\"id\":\"1-0\",\"reason\":\"cut off\",\"streamId\":\"7\"}"),
        Arguments.of(
            new ProtocolFact.Quarantined("1-0", "cut off", Optional.empty()),
            ",\"id\":\"1-0\",\"reason\":\"cut off\",\"streamId\":null}"));
  }

  @Test
  void shouldKnowEveryProtocolFact() {
    assertThat(StreamFixture.kindsOf(protocol().map(arguments -> arguments.get()[0]).toList()))
        .isEqualTo(Set.of(ProtocolFact.class.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @MethodSource("protocol")
  void shouldWriteExactlyTheFieldsOfAProtocolFact(ProtocolFact fact, String fields) {
    assertThat(EventPayload.write(fact, 600, Optional.empty()))
        .isEqualTo("{\"timestamp\":600,\"origin\":\"chain\"" + fields);
  }
}

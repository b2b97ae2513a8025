package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.CommandRejectedException.Reason;
import io.flowfi.payment.EventType;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** First answers, each with the text in which every version so far has stored it. */
class StoredAnswerTest {
  private static final String CREATED =
      "{\"at\":1700000000,\"id\":\"18446744073709551615\",\"sender\":\"GALICE\",\"recipient\":\"GBOB\","
          + "\"token\":\"CTOKEN\",\"rate\":\"10\",\"deposited\":\"170141183460469231731687303715884105727\","
          + "\"withdrawn\":\"0\",\"start\":1700000100,\"updated\":1700000000,\"status\":\"ACTIVE\","
          + "\"pausedTotal\":0,\"version\":1,\"origin\":\"API\","
          + "\"events\":[{\"seq\":7,\"type\":\"stream.created\"}]}";

  private static final String PAUSED =
      "{\"at\":1700000050,\"id\":\"3\",\"sender\":\"GALICE\",\"recipient\":\"GBOB\",\"token\":\"CTOKEN\","
          + "\"rate\":\"10\",\"deposited\":\"1000\",\"withdrawn\":\"20\",\"start\":0,\"updated\":1700000050,"
          + "\"status\":\"PAUSED\",\"pausedTotal\":30,\"version\":5,\"origin\":\"API\","
          + "\"pausedAt\":1700000050,\"events\":[{\"seq\":9007199254740993,\"type\":\"stream.paused\"}]}";

  /** Two events, one of them of a type that a later version has written. */
  private static final String COMPLETED =
      "{\"at\":100,\"id\":\"3\",\"sender\":\"GALICE\",\"recipient\":\"GBOB\",\"token\":\"CTOKEN\",\"rate\":\"10\","
          + "\"deposited\":\"1000\",\"withdrawn\":\"1000\",\"start\":0,\"updated\":100,\"status\":\"COMPLETED\","
          + "\"pausedTotal\":0,\"version\":3,\"origin\":\"API\","
          + "\"events\":[{\"seq\":8,\"type\":\"stream.withdrawn\"},{\"seq\":9,\"type\":\"stream.closed\"}]}";

  static Stream<Arguments> receipts() {
    String most = "170141183460469231731687303715884105727";
    return Stream.of(
        Arguments.of(
            CREATED,
            receipt(
                stream(-1, most, 0, 1_700_000_100, 1_700_000_000, StreamStatus.ACTIVE, 0, 1),
                1_700_000_000,
                entry(7, "stream.created"))),
        Arguments.of(
            PAUSED,
            receipt(
                stream(3, "1000", 20, 0, 1_700_000_050, StreamStatus.PAUSED, 30, 5),
                1_700_000_050,
                entry(9_007_199_254_740_993L, "stream.paused"))),
        Arguments.of(
            COMPLETED,
            receipt(
                stream(3, "1000", 1000, 0, 100, StreamStatus.COMPLETED, 0, 3),
                100,
                entry(8, "stream.withdrawn"),
                entry(9, "stream.closed"))));
  }

  private static Receipt receipt(PaymentStream stream, long at, Receipt.Entry... events) {
    return new Receipt(stream, at, List.of(events), true);
  }

  private static Receipt.Entry entry(long position, String type) {
    return new Receipt.Entry(new LogPosition(position), EventType.named(type));
  }

  private static PaymentStream stream(
      long id,
      String deposited,
      long withdrawn,
      long start,
      long updated,
      StreamStatus status,
      long pausedTotal,
      long version) {
    return new PaymentStream(
        new StreamId(id),
        new Address("GALICE"),
        new Address("GBOB"),
        new Address("CTOKEN"),
        Amount.of(10),
        new Amount(new BigInteger(deposited)),
        Amount.of(withdrawn),
        start,
        updated,
        status,
        status == StreamStatus.PAUSED ? OptionalLong.of(updated) : OptionalLong.empty(),
        pausedTotal,
        version,
        Origin.API,
        Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("receipts")
  void shouldReadWhatEarlierVersionsHaveStored(String kept, Receipt receipt) {
    assertThat(StoredAnswer.replay(kept)).isEqualTo(receipt);
  }

  /** So that an earlier version can read it after a downgrade. */
  @ParameterizedTest
  @MethodSource("receipts")
  void shouldStoreItAsEarlierVersionsDid(String kept, Receipt receipt) {
    assertThat(StoredAnswer.write(receipt)).isEqualTo(kept);
  }

  @Test
  void shouldReadAFieldThatALaterVersionHasAdded() {
    String later = CREATED.replace("\"version\":1", "\"version\":1,\"fee\":{\"bps\":12}");
    assertThat(StoredAnswer.replay(later)).isEqualTo(StoredAnswer.replay(CREATED));
  }

  @ParameterizedTest
  @MethodSource("rejections")
  void shouldReadAndKeepRejections(String kept, Reason reason, String message) {
    var rejection = new CommandRejectedException(reason, message);
    assertThat(StoredAnswer.write(rejection)).isEqualTo(kept);
    var again =
        catchThrowableOfType(CommandRejectedException.class, () -> StoredAnswer.replay(kept));
    assertThat(again.reason()).isEqualTo(reason);
    assertThat(again).hasMessage(message);
  }

  static Stream<Arguments> rejections() {
    return Stream.of(
        Arguments.of(
            "{\"rejected\":\"CONFLICT\",\"message\":\"stream 3 is PAUSED and cannot be paused\"}",
            Reason.CONFLICT,
            "stream 3 is PAUSED and cannot be paused"),
        Arguments.of(
            "{\"rejected\":\"VERSION_MISMATCH\",\"message\":\"a \\\"word\\\"\\n\"}",
            Reason.VERSION_MISMATCH,
            "a \"word\"\n"));
  }

  /** A missing number is not a zero. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "at",
        "id",
        "sender",
        "recipient",
        "token",
        "rate",
        "deposited",
        "withdrawn",
        "start",
        "updated",
        "status",
        "pausedTotal",
        "version",
        "origin",
        "events",
        "seq",
        "type"
      })
  void shouldReadNoAnswerThatLacksAField(String field) {
    String without = CREATED.replace('"' + field + '"', "\"other\"");
    String unset =
        CREATED.replaceFirst(
            '"' + field + "\":(\"[^\"]*\"|[0-9]+|\\[.*])", '"' + field + "\":null");
    for (String wrong : List.of(without, unset)) {
      assertThat(wrong).isNotEqualTo(CREATED);
      assertThatThrownBy(() -> StoredAnswer.replay(wrong))
          .as(wrong)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the first answer to an idempotency key cannot be read");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "7",
        "[]",
        "{}",
        "{\"of\":\"later\"}",
        "{\"rejected\":\"LATER\",\"message\":\"m\"}",
        "{\"rejected\":null,\"message\":\"m\"}"
      })
  void shouldReadNothingElse(String kept) {
    assertThatThrownBy(() -> StoredAnswer.replay(kept)).isInstanceOf(IllegalStateException.class);
  }
}

package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events in the form that the pages of the replaced service read; these have the rest of it. */
class LegacyHistoryTest {
  private static LegacyHistory.LegacyEvent legacy(String type, String data) {
    HistoryAnswer.Event event = new HistoryAnswer.Event(42, type, 1_800_000_000, data);
    HistoryAnswer page =
        new HistoryAnswer(
            List.of(event), 1, false, 50, 0, "test", 1, 42, false, "a42-x", Optional.empty());
    return LegacyHistory.of(page).events().get(0);
  }

  /** What moved, whatever the field of the payload. */
  @ParameterizedTest
  @CsvSource({
    "stream.created, CREATED, depositedAmount",
    "stream.topped_up, TOPPED_UP, amount",
    "stream.withdrawn, WITHDRAWN, amount",
    "stream.cancelled, CANCELLED, refundedAmount",
    "stream.completed, COMPLETED, totalWithdrawn",
    "stream.fee_collected, FEE_COLLECTED, feeAmount"
  })
  void shouldShowTheAmountOfEachType(String type, String name, String field) {
    LegacyHistory.LegacyEvent event =
        legacy(type, "{\"streamId\":\"7\",\"" + field + "\":\"12345678901234567890\"}");
    assertThat(event.eventType()).isEqualTo(name);
    assertThat(event.amount()).isEqualTo("12345678901234567890");
    assertThat(event.streamId()).isEqualTo(7L);
  }

  @Test
  void shouldShowWhereOnTheChainAnEventIs() {
    LegacyHistory.LegacyEvent event =
        legacy(
            "stream.paused",
            "{\"streamId\":\"7\",\"pausedAt\":5,\"transactionHash\":\"ab12\",\"ledger\":4294967295}");
    assertThat(event.transactionHash()).isEqualTo("ab12");
    assertThat(event.ledgerSequence()).isEqualTo(4_294_967_295L);
    assertThat(event.amount()).isNull();
  }

  @Test
  void shouldShowAnEventOfTheWholeContractWithoutAStream() {
    LegacyHistory.LegacyEvent event = legacy("protocol.admin_transferred", "{\"newAdmin\":\"G\"}");
    assertThat(event.eventType()).isEqualTo("ADMIN_TRANSFERRED");
    assertThat(event.streamId()).isNull();
    assertThat(event.amount()).isNull();
  }
}

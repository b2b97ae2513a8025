package io.flowfi.web.events;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.payment.EventType;
import io.flowfi.web.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** A page of past events in the form of the replaced service, with our cursor. */
public record LegacyHistory(
    List<LegacyEvent> events,
    long total,
    int limit,
    int offset,
    boolean hasMore,
    String nextCursor) {
  private static final long LARGEST_EXACT_NUMBER = (1L << 53) - 1;

  /**
   * One event.
   *
   * @param id its position in the log
   * @param streamId see {@link #streamId}; null for events of the whole contract
   * @param amount what moved; null where nothing did
   * @param transactionHash null for what a command did here, and so is {@code ledgerSequence}
   * @param timestamp Unix seconds
   * @param metadata the payload, as JSON in a string
   * @param createdAt the timestamp, in UTC
   */
  public record LegacyEvent(
      String id,
      Object streamId,
      String eventType,
      String amount,
      String transactionHash,
      Long ledgerSequence,
      long timestamp,
      String metadata,
      String createdAt) {
    private static LegacyEvent of(HistoryAnswer.Event event) {
      JsonNode data = Json.read(event.data().getBytes(StandardCharsets.UTF_8));
      JsonNode stream = data.path("streamId");
      JsonNode ledger = data.path("ledger");
      return new LegacyEvent(
          Long.toString(event.seq()),
          stream.isMissingNode() ? null : LegacyHistory.streamId(stream.asText()),
          name(event.type()),
          data.path(amountField(event.type())).textValue(),
          data.path("transactionHash").textValue(),
          ledger.isMissingNode() ? null : ledger.asLong(),
          event.timestamp(),
          event.data(),
          Instant.ofEpochSecond(event.timestamp()).toString());
    }

    private static String amountField(String type) {
      return switch (type) {
        case "stream.created" -> "depositedAmount";
        case "stream.cancelled" -> "refundedAmount";
        case "stream.completed" -> "totalWithdrawn";
        case "stream.fee_collected" -> "feeAmount";
        default -> "amount";
      };
    }
  }

  public static LegacyHistory of(HistoryAnswer page) {
    return new LegacyHistory(
        page.events().stream().map(LegacyEvent::of).toList(),
        page.total(),
        page.limit(),
        page.offset(),
        page.hasMore(),
        page.nextCursor());
  }

  /** A number, as the replaced service has it; text where a browser would round the number. */
  public static Object streamId(String id) {
    boolean exact = id.length() < 17 && Long.parseLong(id) <= LARGEST_EXACT_NUMBER;
    return exact ? (Object) Long.valueOf(id) : id;
  }

  /** What the replaced service calls a type: {@code TOPPED_UP} is {@code stream.topped_up}. */
  static String name(EventType type) {
    return name(type.wireName());
  }

  private static String name(String wireName) {
    return wireName.substring(wireName.indexOf('.') + 1).toUpperCase(Locale.ROOT);
  }
}

package io.flowfi.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.EventType;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The first answer to an idempotency key as kept in the store: a receipt or a rejection, as JSON of
 * our own.
 */
final class StoredAnswer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StoredAnswer() {}

  static String write(CommandRejectedException rejection) {
    return JSON.createObjectNode()
        .put("rejected", rejection.reason().name())
        .put("message", rejection.getMessage())
        .toString();
  }

  static String write(Receipt receipt) {
    PaymentStream s = receipt.stream();
    ObjectNode answer =
        JSON.createObjectNode()
            .put("at", receipt.committedAt())
            .put("id", s.id().toString())
            .put("sender", s.sender().strKey())
            .put("recipient", s.recipient().strKey())
            .put("token", s.token().strKey())
            .put("rate", s.ratePerSecond().toString())
            .put("deposited", s.deposited().toString())
            .put("withdrawn", s.withdrawn().toString())
            .put("start", s.startTime())
            .put("updated", s.lastUpdateTime())
            .put("status", s.status().name())
            .put("pausedTotal", s.totalPausedDuration())
            .put("version", s.version())
            .put("origin", s.origin().name());
    s.pausedAt().ifPresent(at -> answer.put("pausedAt", at));
    ArrayNode events = answer.putArray("events");
    receipt
        .events()
        .forEach(
            e ->
                events
                    .addObject()
                    .put("seq", e.position().value())
                    .put("type", e.type().wireName()));
    return answer.toString();
  }

  /**
   * Reads an answer back.
   *
   * @return the receipt, marked as replayed
   * @throws CommandRejectedException if the first answer was this rejection
   * @throws IllegalStateException if it cannot be read, as one of a later version may be
   */
  static Receipt replay(String text) {
    try {
      JsonNode answer = JSON.readTree(text);
      if (!answer.has("rejected")) {
        return receipt(answer);
      }
      throw new CommandRejectedException(
          CommandRejectedException.Reason.valueOf(answer.get("rejected").asText()),
          answer.get("message").asText());
    } catch (CommandRejectedException firstAnswer) {
      throw firstAnswer;
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException("the first answer to an idempotency key cannot be read", e);
    }
  }

  private static Receipt receipt(JsonNode answer) {
    List<Receipt.Entry> events = new ArrayList<>();
    for (JsonNode event : answer.get("events")) {
      EventType type = EventType.named(event.get("type").asText());
      events.add(new Receipt.Entry(new LogPosition(event.get("seq").asLong()), type));
    }
    return new Receipt(stream(answer), answer.get("at").asLong(), events, true);
  }

  private static PaymentStream stream(JsonNode answer) {
    return new PaymentStream(
        StreamId.parse("id", answer.get("id").asText()),
        new Address(answer.get("sender").asText()),
        new Address(answer.get("recipient").asText()),
        new Address(answer.get("token").asText()),
        amount(answer, "rate"),
        amount(answer, "deposited"),
        amount(answer, "withdrawn"),
        answer.get("start").asLong(),
        answer.get("updated").asLong(),
        StreamStatus.valueOf(answer.get("status").asText()),
        answer.has("pausedAt")
            ? OptionalLong.of(answer.get("pausedAt").asLong())
            : OptionalLong.empty(),
        answer.get("pausedTotal").asLong(),
        answer.get("version").asLong(),
        Origin.valueOf(answer.get("origin").asText()));
  }

  private static Amount amount(JsonNode answer, String field) {
    return new Amount(new BigInteger(answer.get(field).asText()));
  }
}

package io.flowfi.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.EventType;
import io.flowfi.payment.FactRules;
import io.flowfi.payment.OnChain;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamEvent;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A stream of the chain as its own events in the log make it, by the rules that made it first. It
 * reads what {@link EventPayload} has written. For one thread.
 */
public final class RecomputedStream {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Null before its beginning. */
  private PaymentStream state;

  private boolean incomplete;

  /**
   * Adds the next event of the stream, in the order of the log.
   *
   * @throws IllegalArgumentException if its payload is not as we write it
   */
  public void add(LoggedEvent event) {
    try {
      add(event, JSON.readTree(event.payload()));
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalArgumentException("event " + event.position() + " cannot be read", e);
    }
  }

  private void add(LoggedEvent event, JsonNode payload) {
    EventType type = event.type();
    boolean replaces =
        type.equals(EventType.STREAM_RECONCILED) || type.equals(EventType.STREAM_CORRECTED);
    if (payload.has("state") && (replaces || state == null || incomplete)) {
      state = whole(type, payload, payload.path("state"));
      incomplete = false;
    } else if (payload.path("origin").asText().equals(Origin.CHAIN.wireName()) && !replaces) {
      if (state == null && payload.path("version").asLong() != 1) {
        incomplete = true; // the log does not go back so far
        return;
      }
      Optional<StreamFact> fact = FactPayload.read(type, payload);
      if (fact.isEmpty()) {
        incomplete = true; // of a later version of this program
        return;
      }
      List<StreamEvent> events =
          FactRules.apply(
                  Optional.ofNullable(state),
                  fact.get(),
                  payload.path("ledger").asLong(),
                  payload.path("timestamp").asLong())
              .events();
      state = events.get(events.size() - 1).after();
    } // otherwise it is of the claim that the chain has replaced
  }

  /** Empty if the log does not have all events since a whole state. */
  public Optional<PaymentStream> state() {
    return incomplete ? Optional.empty() : Optional.ofNullable(state);
  }

  private PaymentStream whole(EventType type, JsonNode payload, JsonNode told) {
    long at = payload.path("timestamp").asLong();
    long accruesFrom = told.path("accruesFrom").asLong();
    StreamStatus status = StreamStatus.valueOf(told.path("status").asText());
    return new PaymentStream(
        StreamId.parse("streamId", payload.path("streamId").asText()),
        party(payload, "sender").orElse(Address.UNKNOWN),
        party(payload, "recipient").orElse(Address.UNKNOWN),
        party(told, "tokenAddress").orElse(Address.UNKNOWN),
        amount(told, "ratePerSecond"),
        amount(told, "depositedAmount"),
        amount(told, "withdrawnAmount"),
        told.path("startTime").asLong(),
        // an administrator's act is later than what it is about
        type.equals(EventType.STREAM_RECONCILED)
            ? Math.min(accruesFrom, at)
            : Math.max(at, state == null ? 0 : state.lastUpdateTime()),
        status,
        status == StreamStatus.PAUSED
            ? OptionalLong.of(told.path("pausedAt").asLong())
            : OptionalLong.empty(),
        told.path("totalPausedDuration").asLong(),
        payload.path("version").asLong(),
        Origin.CHAIN,
        Optional.of(
            new OnChain(
                accruesFrom,
                told.path("modelled").asBoolean(),
                told.path("verified").asBoolean(),
                told.path("asOfLedger").asLong())));
  }

  private static Optional<Address> party(JsonNode payload, String field) {
    JsonNode text = payload.path(field);
    return text.isTextual() ? Optional.of(new Address(text.textValue())) : Optional.empty();
  }

  private static Amount amount(JsonNode payload, String field) {
    return new Amount(new BigInteger(payload.path(field).asText()));
  }
}

package io.flowfi.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.EventType;
import io.flowfi.payment.Parties;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Reads the fact behind an event of a stream of the chain, as {@link EventPayload} has written it.
 * Its parties are all that were known after the event.
 */
public final class FactPayload {
  private FactPayload() {}

  /**
   * Reads a payload.
   *
   * @return empty if no fact of this version has that type: it is of a later version, or it tells a
   *     whole state instead of a fact
   * @throws IllegalArgumentException if the payload is not as we write it
   */
  public static Optional<StreamFact> read(EventType type, JsonNode payload) {
    StreamId id = StreamId.parse("streamId", payload.path("streamId").asText());
    Parties parties = new Parties(party(payload, "sender"), party(payload, "recipient"));
    return Optional.ofNullable(
        switch (type.wireName()) {
          case "stream.created" ->
              new StreamFact.Created(
                  id,
                  parties.sender().orElse(Address.UNKNOWN),
                  parties.recipient().orElse(Address.UNKNOWN),
                  address(payload, "tokenAddress"),
                  amount(payload, "ratePerSecond"),
                  amount(payload, "depositedAmount"),
                  payload.path("startTime").asLong(),
                  payload.path("modelled").asBoolean(true));
          case "stream.topped_up" ->
              new StreamFact.ToppedUp(
                  id, parties, amount(payload, "amount"), amount(payload, "newDepositedAmount"));
          case "stream.withdrawn" ->
              new StreamFact.Withdrawn(id, parties, amount(payload, "amount"));
          case "stream.paused" ->
              new StreamFact.Paused(id, parties, payload.path("pausedAt").asLong());
          case "stream.resumed" ->
              new StreamFact.Resumed(id, parties, payload.path("newEndTime").asLong());
          case "stream.cancelled" ->
              new StreamFact.Cancelled(
                  id,
                  parties,
                  amount(payload, "amountWithdrawn"),
                  amount(payload, "refundedAmount"));
          case "stream.completed" ->
              new StreamFact.Completed(id, parties, amount(payload, "totalWithdrawn"));
          case "stream.fee_collected" ->
              new StreamFact.FeeCollected(
                  id,
                  parties,
                  address(payload, "treasury"),
                  amount(payload, "feeAmount"),
                  address(payload, "token"));
          case "stream.rate_modified" ->
              new StreamFact.RateModified(
                  id,
                  parties,
                  amount(payload, "oldRatePerSecond"),
                  amount(payload, "newRatePerSecond"),
                  payload.path("newEndTime").asLong(),
                  payload.path("accruesFrom").asLong());
          case "stream.closed" ->
              new StreamFact.Closed(
                  id, address(payload, "closer"), payload.path("closedAt").asLong());
          case "stream.changed" ->
              new StreamFact.Changed(
                  id, parties, payload.path("name").asText(), payload.path("data").toString());
          default -> null;
        });
  }

  private static Optional<Address> party(JsonNode payload, String field) {
    JsonNode text = payload.path(field);
    return text.isTextual() ? Optional.of(new Address(text.textValue())) : Optional.empty();
  }

  private static Address address(JsonNode payload, String field) {
    return party(payload, field).orElse(Address.UNKNOWN);
  }

  private static Amount amount(JsonNode payload, String field) {
    return new Amount(new BigInteger(payload.path(field).asText()));
  }
}

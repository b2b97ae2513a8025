package io.flowfi.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.ledger.FactPayload;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.EventType;
import io.flowfi.payment.FactRules;
import io.flowfi.payment.OnChain;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * A past state of a stream of the chain: its events are applied again, from the last one that tells
 * the whole state.
 */
final class ChainPast {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 1000;

  private final Handle handle;
  private final StoredStream present;

  ChainPast(Handle handle, StoredStream present) {
    this.handle = handle;
    this.present = present;
  }

  /**
   * The state at the end of a second; the first state, if the stream was created later.
   *
   * @param at Unix seconds
   * @return empty if the stream's beginning is not known
   */
  Optional<PaymentStream> at(long at) {
    long position = lastUpTo(at);
    Optional<LoggedEvent> base = base(position);
    if (base.isEmpty()) {
      return Optional.empty();
    }
    PaymentStream state = null;
    long after = base.get().position().value() - 1;
    while (true) {
      List<LoggedEvent> page = selection(after, position, true).read(handle, PAGE, 0);
      for (LoggedEvent event : page) {
        state = after(state, event);
        after = event.position().value();
      }
      if (page.size() < PAGE) {
        return Optional.of(state);
      }
    }
  }

  /** The chain's times are older than the log's: only its own events are in their order. */
  private long lastUpTo(long at) {
    long upTo = present.updated().value();
    while (true) {
      List<LoggedEvent> page =
          selection(present.created().value() - 1, upTo, false).read(handle, PAGE, 0);
      for (LoggedEvent event : page) {
        if (payload(event).path("timestamp").asLong() <= at) {
          return event.position().value();
        }
        upTo = event.position().value() - 1;
      }
      if (page.size() < PAGE) {
        return present.created().value();
      }
    }
  }

  /** The last event up to there that tells the whole state. */
  private Optional<LoggedEvent> base(long position) {
    long upTo = position;
    while (true) {
      List<LoggedEvent> page =
          selection(present.created().value() - 1, upTo, false).read(handle, PAGE, 0);
      for (LoggedEvent event : page) {
        if (event.type().equals(EventType.STREAM_CREATED) || payload(event).has("state")) {
          return Optional.of(event);
        }
        upTo = event.position().value() - 1;
      }
      if (page.size() < PAGE) {
        return Optional.empty();
      }
    }
  }

  private EventSelection selection(long after, long upTo, boolean ascending) {
    List<EventSelection.Key> keys =
        List.of(new EventSelection.Key("stream_id", present.stream().id().bits()));
    return new EventSelection(
        keys, SoughtTypes.of(handle, keys, Set.of()), after, upTo + 1, ascending);
  }

  /**
   * @param before null before the base
   */
  private PaymentStream after(PaymentStream before, LoggedEvent event) {
    JsonNode payload = payload(event);
    long at = payload.path("timestamp").asLong();
    if (payload.has("state")) {
      return state(payload);
    } else if (before == null && payload.path("origin").asText().equals(Origin.API.wireName())) {
      return claim(payload);
    }
    PaymentStream then =
        FactPayload.read(event.type(), payload)
            .map(
                fact ->
                    FactRules.apply(
                            Optional.ofNullable(before), fact, payload.path("ledger").asLong(), at)
                        .after())
            .orElse(before);
    return at(then, at, payload.path("version").asLong());
  }

  private static PaymentStream at(PaymentStream s, long at, long version) {
    return s.with(
        Math.max(at, s.lastUpdateTime()),
        s.deposited(),
        s.withdrawn(),
        s.status(),
        s.pausedAt(),
        s.totalPausedDuration(),
        version);
  }

  private PaymentStream state(JsonNode payload) {
    JsonNode s = payload.get("state");
    JsonNode pausedAt = s.path("pausedAt");
    return new PaymentStream(
        present.stream().id(),
        party(payload, "sender"),
        party(payload, "recipient"),
        party(s, "tokenAddress"),
        amount(s, "ratePerSecond"),
        amount(s, "depositedAmount"),
        amount(s, "withdrawnAmount"),
        s.path("startTime").asLong(),
        payload.path("timestamp").asLong(),
        StreamStatus.valueOf(s.path("status").asText()),
        pausedAt.isNull() ? OptionalLong.empty() : OptionalLong.of(pausedAt.asLong()),
        s.path("totalPausedDuration").asLong(),
        payload.path("version").asLong(),
        Origin.CHAIN,
        Optional.of(
            new OnChain(
                s.path("accruesFrom").asLong(),
                // of a stream whose creation is not known yet, nothing is said of its kind
                s.path("modelled").asBoolean() || s.path("tokenAddress").isNull(),
                s.path("verified").asBoolean(),
                s.path("asOfLedger").asLong())));
  }

  /** No command has changed it. */
  private PaymentStream claim(JsonNode created) {
    return new PaymentStream(
        present.stream().id(),
        party(created, "sender"),
        party(created, "recipient"),
        party(created, "tokenAddress"),
        amount(created, "ratePerSecond"),
        amount(created, "depositedAmount"),
        Amount.ZERO,
        created.path("startTime").asLong(),
        created.path("timestamp").asLong(),
        StreamStatus.ACTIVE,
        OptionalLong.empty(),
        0,
        created.path("version").asLong(),
        Origin.API,
        Optional.empty());
  }

  private static Address party(JsonNode from, String field) {
    JsonNode text = from.path(field);
    return text.isTextual() ? new Address(text.asText()) : Address.UNKNOWN;
  }

  private static Amount amount(JsonNode from, String field) {
    return new Amount(new BigInteger(from.path(field).asText()));
  }

  private static JsonNode payload(LoggedEvent event) {
    try {
      return JSON.readTree(event.payload());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.position() + " cannot be read", e);
    }
  }
}

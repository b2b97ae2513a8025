package io.flowfi.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Amount;
import io.flowfi.payment.EventType;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * A past state of a stream, from the log: the last event of each type up to then says what it
 * changed. So it takes a few look-ups along an index, however many events the stream has. {@link
 * ChainPast} does it for streams of the chain.
 */
final class StreamPast {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 1000;

  /**
   * Events of commands that change more of a stream than its version. A test compares them with
   * what every command makes.
   */
  static final List<EventType> CHANGES =
      List.of(
          EventType.STREAM_CREATED,
          EventType.STREAM_TOPPED_UP,
          EventType.STREAM_WITHDRAWN,
          EventType.STREAM_PAUSED,
          EventType.STREAM_RESUMED,
          EventType.STREAM_CANCELLED,
          EventType.STREAM_COMPLETED);

  private final Handle handle;
  private final StoredStream present;

  StreamPast(Handle handle, StoredStream present) {
    this.handle = handle;
    this.present = present;
  }

  /**
   * The state at the end of a second; the first state, if the stream was created later.
   *
   * @param at Unix seconds
   * @return empty if the log is no longer kept so far back
   */
  Optional<PaymentStream> at(long at) {
    if (at >= present.stream().lastUpdateTime()) {
      return Optional.of(present.stream());
    }
    if (SqlEventLog.bounds(handle).oldest().isAfter(present.created())) {
      return Optional.empty();
    }
    if (present.stream().origin() == Origin.CHAIN) {
      return new ChainPast(handle, present).at(at);
    }
    long position =
        EventRow.lastUpTo(handle, present.created().value(), present.updated().value(), at);
    Map<EventType, LoggedEvent> last = new HashMap<>();
    for (EventType type : CHANGES) {
      lastOf(Set.of(type), position).ifPresent(event -> last.put(type, event));
    }
    return Optional.ofNullable(last.get(EventType.STREAM_CREATED))
        .map(created -> state(created, last, latest(last, position)));
  }

  /** The last event of any type: an event of an unknown type raises the version too. */
  private LoggedEvent latest(Map<EventType, LoggedEvent> last, long position) {
    return lastOf(Set.of(), position)
        .filter(event -> field(event, "version").isPresent())
        .orElseGet(
            () -> Collections.max(last.values(), Comparator.comparing(LoggedEvent::position)));
  }

  /**
   * @param types none means any
   */
  private Optional<LoggedEvent> lastOf(Set<EventType> types, long upTo) {
    return selection(types, present.created().value() - 1, upTo, false).read(handle, 1, 0).stream()
        .findFirst();
  }

  private EventSelection selection(Set<EventType> types, long after, long upTo, boolean ascending) {
    List<EventSelection.Key> keys =
        List.of(new EventSelection.Key("stream_id", present.stream().id().bits()));
    return new EventSelection(
        keys, SoughtTypes.of(handle, keys, types), after, upTo + 1, ascending);
  }

  private PaymentStream state(
      LoggedEvent created, Map<EventType, LoggedEvent> last, LoggedEvent latest) {
    StreamStatus status = status(last);
    return present.stream()
        .with(
            latest.timestamp(),
            deposited(created, Optional.ofNullable(last.get(EventType.STREAM_TOPPED_UP))),
            withdrawn(last),
            status,
            status == StreamStatus.PAUSED
                ? OptionalLong.of(number(last.get(EventType.STREAM_PAUSED), "pausedAt"))
                : OptionalLong.empty(),
            Optional.ofNullable(last.get(EventType.STREAM_RESUMED)).map(this::paused).orElse(0L),
            number(latest, "version"));
  }

  private static StreamStatus status(Map<EventType, LoggedEvent> last) {
    if (last.containsKey(EventType.STREAM_CANCELLED)) {
      return StreamStatus.CANCELLED;
    } else if (last.containsKey(EventType.STREAM_COMPLETED)) {
      return StreamStatus.COMPLETED;
    }
    LoggedEvent paused = last.get(EventType.STREAM_PAUSED);
    LoggedEvent resumed = last.get(EventType.STREAM_RESUMED);
    boolean isPaused =
        paused != null && (resumed == null || paused.position().isAfter(resumed.position()));
    return isPaused ? StreamStatus.PAUSED : StreamStatus.ACTIVE;
  }

  private static Amount deposited(LoggedEvent created, Optional<LoggedEvent> toppedUp) {
    return toppedUp
        .map(event -> amount(event, "newDepositedAmount"))
        .orElseGet(() -> amount(created, "depositedAmount"));
  }

  private static Amount withdrawn(Map<EventType, LoggedEvent> last) {
    LoggedEvent cancelled = last.get(EventType.STREAM_CANCELLED);
    LoggedEvent completed = last.get(EventType.STREAM_COMPLETED);
    LoggedEvent withdrawn = last.get(EventType.STREAM_WITHDRAWN);
    if (completed != null) {
      return amount(completed, "totalWithdrawn");
    }
    return cancelled != null
        ? amount(cancelled, "amountWithdrawn")
        : withdrawn != null ? amount(withdrawn, "withdrawnAmount") : Amount.ZERO;
  }

  /** All finished pauses up to a resumption: by how much they delayed the end in total. */
  private long paused(LoggedEvent resumed) {
    long upTo = resumed.position().value();
    long end = number(resumed, "newEndTime");
    if (end == PaymentStream.MAX_TIME) {
      return sumOfPauses(upTo); // the end may be capped
    }
    LoggedEvent created = lastOf(Set.of(EventType.STREAM_CREATED), upTo).orElseThrow();
    Amount deposited = deposited(created, lastOf(Set.of(EventType.STREAM_TOPPED_UP), upTo));
    BigInteger[] seconds =
        deposited.value().divideAndRemainder(present.stream().ratePerSecond().value());
    long duration = seconds[0].longValueExact() + seconds[1].signum();
    return end - present.stream().startTime() - duration;
  }

  private long sumOfPauses(long upTo) {
    Set<EventType> pauses = Set.of(EventType.STREAM_PAUSED, EventType.STREAM_RESUMED);
    long sum = 0;
    long since = 0;
    long after = present.created().value();
    while (true) {
      List<LoggedEvent> page = selection(pauses, after, upTo, true).read(handle, PAGE, 0);
      for (LoggedEvent event : page) {
        if (event.type().equals(EventType.STREAM_PAUSED)) {
          // a pause before the start delays nothing
          since = Math.max(number(event, "pausedAt"), present.stream().startTime());
        } else {
          sum += Math.max(0, event.timestamp() - since);
        }
        after = event.position().value();
      }
      if (page.size() < PAGE) {
        return sum;
      }
    }
  }

  private static long number(LoggedEvent event, String field) {
    return required(event, field).asLong();
  }

  private static Amount amount(LoggedEvent event, String field) {
    return new Amount(new BigInteger(required(event, field).asText()));
  }

  private static JsonNode required(LoggedEvent event, String field) {
    return field(event, field)
        .orElseThrow(
            () -> new IllegalStateException("event " + event.position() + " has no " + field));
  }

  private static Optional<JsonNode> field(LoggedEvent event, String field) {
    try {
      return Optional.ofNullable(JSON.readTree(event.payload()).get(field));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.position() + " cannot be read", e);
    }
  }
}

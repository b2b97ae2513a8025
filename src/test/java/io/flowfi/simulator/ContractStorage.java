package io.flowfi.simulator;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The contract's entries: they follow its events, and each keeps its past, so that a node that lags
 * can answer too. Used under the lock of the chain.
 */
final class ContractStorage {
  /** As of this ledger; empty after it was deleted. */
  record Version(long ledger, Optional<StoredStream> stream) {}

  private final Map<BigInteger, List<Version>> streams = new TreeMap<>();

  Optional<StoredStream> stream(BigInteger id) {
    List<Version> versions = streams.get(id);
    return versions == null ? Optional.empty() : versions.get(versions.size() - 1).stream();
  }

  /** What there was of a stream at the end of a ledger. */
  Optional<Version> asOf(BigInteger id, long ledger) {
    Version last = null;
    for (Version version : streams.getOrDefault(id, List.of())) {
      if (version.ledger() > ledger) {
        break;
      }
      last = version;
    }
    return Optional.ofNullable(last).filter(version -> version.stream().isPresent());
  }

  void put(long ledger, BigInteger id, Optional<StoredStream> stream) {
    streams.computeIfAbsent(id, any -> new ArrayList<>()).add(new Version(ledger, stream));
  }

  /** Does what the function did that emitted this event. */
  void follow(long ledger, long closedAt, SimulatedEvent event) {
    BigInteger id = event.stream().orElse(null);
    if (id == null || event.system()) {
      return;
    }
    BigInteger now = BigInteger.valueOf(closedAt);
    switch (event.name()) {
      case "stream_created" ->
          put(ledger, id, Optional.of(created(event, number(event, "start_time"))));
      case "step_vesting_stream_created",
          "hybrid_cliff_stream_created",
          "allowance_stream_created" ->
          put(ledger, id, Optional.of(created(event, now)));
      case "stream_closed" -> put(ledger, id, Optional.empty());
      default ->
          stream(id)
              .flatMap(old -> changed(old, event, now))
              .ifPresent(changed -> put(ledger, id, Optional.of(changed)));
    }
  }

  private static StoredStream created(SimulatedEvent event, BigInteger startTime) {
    return StoredStream.created(
        (String) event.field("sender"),
        (String) event.field("recipient"),
        (String) event.field("token_address"),
        number(event, "rate_per_second"),
        number(event, "deposited_amount"),
        startTime);
  }

  private static Optional<StoredStream> changed(
      StoredStream old, SimulatedEvent event, BigInteger now) {
    return switch (event.name()) {
      case "stream_topped_up" ->
          Optional.of(old.withDeposited(number(event, "new_deposited_amount")));
      case "tokens_withdrawn" ->
          Optional.of(
              old.withWithdrawn(
                  old.withdrawn().add(number(event, "amount")), number(event, "timestamp")));
      case "stream_paused" -> Optional.of(old.pausedAt(number(event, "paused_at")));
      case "stream_resumed" -> Optional.of(old.resumed(now));
      case "stream_rate_modified" ->
          Optional.of(
              old.withRate(number(event, "new_rate_per_second"), number(event, "timestamp")));
      case "stream_cancelled" ->
          Optional.of(old.withWithdrawn(number(event, "amount_withdrawn"), now).ended("Cancelled"));
      case "stream_completed" -> Optional.of(old.ended("Completed"));
      default -> Optional.empty();
    };
  }

  private static BigInteger number(SimulatedEvent event, String field) {
    return event.field(field) instanceof BigInteger number ? number : BigInteger.ZERO;
  }
}

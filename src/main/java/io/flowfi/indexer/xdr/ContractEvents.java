package io.flowfi.indexer.xdr;

import static java.util.Map.entry;

import io.flowfi.payment.Amount;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.util.Map;
import java.util.Optional;

/**
 * The events of the contract that become facts of their own, by name; {@code events.rs} of the
 * contract says what they carry. All others become {@code Changed}. Fields that do not change a
 * stream (times that follow from others) may be missing.
 */
final class ContractEvents {
  private static final Map<String, OfStream> OF_STREAMS =
      Map.ofEntries(
          entry("stream_created", ContractEvents::created),
          entry("step_vesting_stream_created", ContractEvents::stepsCreated),
          entry("hybrid_cliff_stream_created", ContractEvents::cliffCreated),
          entry("allowance_stream_created", ContractEvents::allowanceCreated),
          entry("stream_topped_up", ContractEvents::toppedUp),
          entry("stream_rate_modified", ContractEvents::rateModified),
          entry("tokens_withdrawn", ContractEvents::withdrawn),
          entry(
              "stream_paused",
              (id, at, f) -> new StreamFact.Paused(id, f.parties(), f.time("paused_at"))),
          entry(
              "stream_resumed",
              (id, at, f) -> new StreamFact.Resumed(id, f.parties(), f.time("new_end_time"))),
          entry(
              "stream_cancelled",
              (id, at, f) ->
                  new StreamFact.Cancelled(
                      id, f.parties(), f.amount("amount_withdrawn"), f.amount("refunded_amount"))),
          entry(
              "stream_completed",
              (id, at, f) ->
                  new StreamFact.Completed(id, f.parties(), f.amount("total_withdrawn"))),
          entry(
              "fee_collected",
              (id, at, f) ->
                  new StreamFact.FeeCollected(
                      id,
                      f.parties(),
                      f.address("treasury"),
                      f.amount("fee_amount"),
                      f.address("token"))),
          entry(
              "stream_closed",
              (id, at, f) -> new StreamFact.Closed(id, f.address("closer"), f.time("timestamp"))));

  private static final Map<String, OfProtocol> OF_PROTOCOL =
      Map.of(
          "initialized",
          f ->
              new ProtocolFact.Initialized(
                  f.address("admin"), f.address("treasury"), f.u32("fee_rate_bps")),
          "admin_transferred",
          f ->
              new ProtocolFact.AdminTransferred(
                  f.address("previous_admin"), f.address("new_admin")),
          "fee_config_updated",
          f ->
              new ProtocolFact.FeeConfigUpdated(
                  f.address("admin"),
                  f.address("old_treasury"),
                  f.address("new_treasury"),
                  f.u32("old_fee_rate_bps"),
                  f.u32("new_fee_rate_bps")));

  private ContractEvents() {}

  static Optional<OfStream> ofStream(String name) {
    return Optional.ofNullable(OF_STREAMS.get(name));
  }

  static Optional<OfProtocol> ofProtocol(String name) {
    return Optional.ofNullable(OF_PROTOCOL.get(name));
  }

  private static StreamFact created(StreamId id, long closedAt, Fields f) {
    Amount rate = f.amount("rate_per_second");
    Amount deposited = f.amount("deposited_amount");
    // rate 0: released by conditions that the event does not tell
    boolean drips = !rate.isZero() && !deposited.isZero();
    return created(id, f, rate, deposited, f.time("start_time"), drips);
  }

  /** The contract starts it when the ledger closes, and does not repeat that. */
  private static StreamFact stepsCreated(StreamId id, long closedAt, Fields f) {
    f.ignore("step_count");
    f.ignore("last_unlock_time");
    return created(id, f, Amount.ZERO, f.amount("deposited_amount"), closedAt, false);
  }

  private static StreamFact cliffCreated(StreamId id, long closedAt, Fields f) {
    f.ignore("cliff_time");
    f.ignore("cliff_unlock_amount");
    Amount rate = f.amount("rate_per_second");
    return created(id, f, rate, f.amount("deposited_amount"), closedAt, false);
  }

  /** Nothing is deposited: the contract takes from the sender's allowance as it pays. */
  private static StreamFact allowanceCreated(StreamId id, long closedAt, Fields f) {
    return created(id, f, f.amount("rate_per_second"), Amount.ZERO, f.time("start_time"), false);
  }

  private static StreamFact created(
      StreamId id, Fields f, Amount rate, Amount deposited, long startTime, boolean modelled) {
    return new StreamFact.Created(
        id,
        f.address("sender"),
        f.address("recipient"),
        f.address("token_address"),
        rate,
        deposited,
        startTime,
        modelled);
  }

  private static StreamFact toppedUp(StreamId id, long closedAt, Fields f) {
    f.ignore("new_end_time");
    return new StreamFact.ToppedUp(
        id, f.parties(), f.amount("amount"), f.amount("new_deposited_amount"));
  }

  private static StreamFact withdrawn(StreamId id, long closedAt, Fields f) {
    f.ignore("timestamp");
    return new StreamFact.Withdrawn(id, f.parties(), f.amount("amount"));
  }

  private static StreamFact rateModified(StreamId id, long closedAt, Fields f) {
    return new StreamFact.RateModified(
        id,
        f.parties(),
        f.amount("old_rate_per_second"),
        f.amount("new_rate_per_second"),
        f.time("new_end_time"),
        f.time("timestamp"));
  }

  interface OfStream {
    /**
     * @param closedAt when the ledger closed, in Unix seconds
     */
    StreamFact fact(StreamId id, long closedAt, Fields fields);
  }

  interface OfProtocol {
    ProtocolFact fact(Fields fields);
  }
}

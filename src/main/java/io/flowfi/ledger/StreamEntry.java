package io.flowfi.ledger;

import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.OnChain;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the contract stores of a stream. Amounts in smallest units, times in Unix seconds.
 *
 * @param lastModifiedLedger as of which ledger this holds
 * @param modelled whether our rules describe how it pays: a plain drip by its rate
 */
public record StreamEntry(
    StreamId id,
    Address sender,
    Address recipient,
    Address token,
    Amount ratePerSecond,
    Amount deposited,
    Amount withdrawn,
    long startTime,
    long lastUpdateTime,
    StreamStatus status,
    OptionalLong pausedAt,
    long lastModifiedLedger,
    boolean modelled) {

  /**
   * The stream at version 1.
   *
   * @param now Unix seconds; the contract's own time may be ahead of it after a pause
   */
  PaymentStream state(long now) {
    return new PaymentStream(
        id,
        sender,
        recipient,
        token,
        ratePerSecond,
        deposited,
        withdrawn,
        startTime,
        Math.min(lastUpdateTime, now),
        status,
        status == StreamStatus.PAUSED
            ? OptionalLong.of(pausedAt.orElse(lastUpdateTime))
            : OptionalLong.empty(),
        0,
        1,
        Origin.CHAIN,
        Optional.of(new OnChain(lastUpdateTime, modelled, true, lastModifiedLedger)));
  }
}

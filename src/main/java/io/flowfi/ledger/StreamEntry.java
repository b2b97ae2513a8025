package io.flowfi.ledger;

import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
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
    boolean modelled) {}

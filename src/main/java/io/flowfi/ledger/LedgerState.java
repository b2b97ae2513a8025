package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import io.flowfi.time.ClockDoubt;
import java.util.Map;

/**
 * What the store says when a transaction of the ledger begins.
 *
 * @param head where the log ends
 * @param latestTime of the last event in Unix seconds; 0 if there is none
 * @param doubt what is stored of a clock that is ahead
 * @param nextStreamId the next id that the server assigns
 * @param streams those asked for that exist
 * @param unreadable those asked for that exist but cannot be read, and why
 * @param keys those asked for that are known
 */
public record LedgerState(
    LogPosition head,
    long latestTime,
    ClockDoubt doubt,
    long nextStreamId,
    Map<StreamId, StoredStream> streams,
    Map<StreamId, RuntimeException> unreadable,
    Map<StoredKey.Id, StoredKey> keys) {}

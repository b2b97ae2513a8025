package io.flowfi.ledger;

import io.flowfi.counts.HistogramCounts;

/**
 * What the ledger has done since its start, and what waits for it.
 *
 * @param waiting commands that wait to be written
 * @param capacity how many may wait
 * @param recorded commands, and facts of the chain, that are in the log
 * @param rejected commands that the state of their stream did not allow
 * @param failed commands that got no durable answer: the store failed, or the server was full or
 *     stopping
 * @param commits how long transactions took, in seconds
 * @param commands from the arrival of a command until it was durable, in seconds
 * @param batches commands in a transaction
 */
public record LedgerStatistics(
    int waiting,
    int capacity,
    long recorded,
    long rejected,
    long failed,
    HistogramCounts commits,
    HistogramCounts commands,
    HistogramCounts batches) {}

package io.flowfi.fanout;

import java.time.Duration;

/**
 * How the fan-out behaves.
 *
 * @param pumps threads that write to subscribers
 * @param backlogReaders threads that read older events from the log
 * @param ringFrames most frames kept in memory; a power of two
 * @param ringBytes most bytes of frames kept in memory
 * @param heartbeatInterval how long a connection may be idle before it gets a heartbeat
 * @param stallTimeout how long a connection may take no byte before it is closed
 * @param retryMillis the middle of the jittered {@code retry:} told to clients
 */
public record FanOutSettings(
    int pumps,
    int backlogReaders,
    int ringFrames,
    long ringBytes,
    Duration heartbeatInterval,
    Duration stallTimeout,
    int retryMillis) {}

package io.flowfi.relay;

import java.util.OptionalLong;

/**
 * What the relay of a node has done since its start.
 *
 * @param channel what carries the messages: {@code redis} or {@code notify}
 * @param connected whether this node heard its own words within the last seconds
 * @param sent messages that went out, one a batch or a sign of life; {@code sentBare} of these, how
 *     many had a position only because the batch was too long
 * @param notSent batches that did not go out, because the channel was away or slow
 * @param received messages of other nodes that were believed
 * @param foreign messages of another log, which were dropped
 * @param unsigned messages that no node of this log has sent in this form, which were dropped
 * @param connects how often receiving began
 * @param lagMicros how long this node's last message took to come back; empty if none has yet
 */
public record RelayStatistics(
    String channel,
    boolean connected,
    long sent,
    long sentBare,
    long notSent,
    long received,
    long foreign,
    long unsigned,
    long connects,
    OptionalLong lagMicros) {}

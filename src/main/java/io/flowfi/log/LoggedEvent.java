package io.flowfi.log;

import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.util.Optional;

/**
 * A committed event at its place in the log. Never changes.
 *
 * @param streamId empty for protocol events
 * @param sender empty for protocol events, as is recipient
 * @param timestamp Unix seconds
 * @param payload the JSON object that subscribers receive, without line breaks
 */
public record LoggedEvent(
    LogPosition position,
    EventType type,
    Optional<StreamId> streamId,
    Optional<Address> sender,
    Optional<Address> recipient,
    long timestamp,
    String payload) {}

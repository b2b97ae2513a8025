package io.flowfi.payment;

import java.util.Optional;

/**
 * One mutation of one stream, before it has a place in the log.
 *
 * @param after the stream as this event leaves it; its version is this event's
 * @param timestamp Unix seconds
 */
public record StreamEvent(
    StreamChange change, PaymentStream after, long timestamp, Optional<Reference> reference) {}

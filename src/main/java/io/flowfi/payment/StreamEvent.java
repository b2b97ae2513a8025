package io.flowfi.payment;

import java.util.Optional;

/**
 * One mutation of one stream, before it has a place in the log.
 *
 * @param after the stream as this event leaves it; its version is this event's
 * @param timestamp Unix seconds
 * @param whole whether subscribers must be told the whole state: the change alone does not lead
 *     from the state before to the one after
 */
public record StreamEvent(
    StreamChange change,
    PaymentStream after,
    long timestamp,
    Optional<Reference> reference,
    boolean whole) {

  /** An event whose change says all. */
  public StreamEvent(
      StreamChange change, PaymentStream after, long timestamp, Optional<Reference> reference) {
    this(change, after, timestamp, reference, false);
  }
}

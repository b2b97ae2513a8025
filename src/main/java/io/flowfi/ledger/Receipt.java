package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.EventType;
import io.flowfi.payment.PaymentStream;
import java.util.List;

/**
 * The answer to a command that is durable.
 *
 * @param stream the state the command left
 * @param committedAt Unix seconds at which the command was decided
 * @param events what it added to the log, in order
 * @param replayed true if this is the first answer given again for an idempotency key
 */
public record Receipt(
    PaymentStream stream, long committedAt, List<Entry> events, boolean replayed) {
  public Receipt {
    events = List.copyOf(events);
  }

  /** One event of the command. */
  public record Entry(LogPosition position, EventType type) {}
}

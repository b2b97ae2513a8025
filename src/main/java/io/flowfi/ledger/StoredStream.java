package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.PaymentStream;

/**
 * A stream as the store holds it.
 *
 * @param created position of its first event
 * @param updated position of its latest event
 */
public record StoredStream(PaymentStream stream, LogPosition created, LogPosition updated) {
  public StoredStream {
    if (created.isAfter(updated)) {
      throw new IllegalArgumentException("created must not be after updated");
    }
  }
}

package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.OnChain;
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

  /** The same stream of the chain, with or without doubt that all that happened to it is known. */
  StoredStream verified(boolean sure) {
    OnChain chain = stream.onChain().orElseThrow().verified(sure);
    return new StoredStream(stream.with(chain), created, updated);
  }

  /** What a gap in the history of the chain leaves of it. */
  public StoredStream afterGap() {
    boolean doubted = stream.onChain().isPresent() && !stream.status().isFinal();
    return doubted ? verified(false) : this;
  }
}

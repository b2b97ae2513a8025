package io.flowfi.ledger;

import io.flowfi.stream.PaymentStream;
import java.util.List;
import java.util.Optional;

/**
 * @param next where the next page begins; empty on the last one
 */
public record StreamPage(List<PaymentStream> streams, Optional<StreamQuery.Cursor> next) {
  public StreamPage {
    streams = List.copyOf(streams);
  }
}

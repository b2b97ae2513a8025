package io.flowfi.query;

import io.flowfi.payment.PaymentStream;
import java.util.List;
import java.util.Optional;

/**
 * A page of a list of streams.
 *
 * @param hasMore whether more may follow this page
 * @param next where the next page begins; empty only at the end of a list with the newest first,
 *     where nothing can follow
 */
public record StreamPage(
    List<PaymentStream> streams, boolean hasMore, Optional<StreamQuery.Cursor> next) {
  public StreamPage {
    streams = List.copyOf(streams);
  }
}

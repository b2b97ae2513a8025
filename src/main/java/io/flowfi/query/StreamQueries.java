package io.flowfi.query;

import io.flowfi.log.LogUnavailableException;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the present state of streams. Calls block on the store; any thread may make them.
 *
 * <p>Every method throws {@link LogUnavailableException} if the store cannot be read.
 */
public interface StreamQueries {

  Optional<PaymentStream> find(StreamId id);

  /**
   * A stream as it was at the end of a second; its first state, if it was created later.
   *
   * @param at Unix seconds
   * @return empty if there is no such stream, or the log is no longer kept so far back
   */
  Optional<PaymentStream> asOf(StreamId id, long at);

  /** The parties of these streams; unknown streams are left out. */
  Map<StreamId, StreamParties> parties(Set<StreamId> ids);

  /**
   * Lists streams. A page may hold fewer than its limit, or none, though more follow: one page
   * looks at a bounded number of streams.
   *
   * @throws InvalidValueException if the offset goes beyond that
   */
  StreamPage page(StreamQuery query);

  /**
   * Adds up the streams of an address, by token and status.
   *
   * @param at Unix seconds to compute the claimable amounts for
   */
  AddressSummary summary(Address address, long at);
}

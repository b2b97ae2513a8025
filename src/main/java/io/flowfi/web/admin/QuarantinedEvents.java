package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.ledger.PutAside;
import io.flowfi.payment.StreamId;
import java.util.List;

/**
 * Events of the chain that could not be read and were put aside, in the chain's order.
 *
 * @param more whether there are more than are shown
 */
record QuarantinedEvents(List<QuarantinedEvent> events, boolean more) {
  static QuarantinedEvents of(List<PutAside> found, int most) {
    return new QuarantinedEvents(
        found.stream().limit(most).map(QuarantinedEvent::of).toList(), found.size() > most);
  }

  /** The fields are those of {@link PutAside}. */
  record QuarantinedEvent(
      String id,
      String reason,
      long ledger,
      @JsonInclude(JsonInclude.Include.NON_NULL) String streamId,
      long position) {
    private static QuarantinedEvent of(PutAside event) {
      return new QuarantinedEvent(
          event.id(),
          event.reason(),
          event.position().ledger(),
          event.stream().map(StreamId::toString).orElse(null),
          event.logged().value());
    }
  }
}

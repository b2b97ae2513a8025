package io.flowfi.payment;

import java.util.List;
import java.util.Set;

/**
 * What a fact of the chain did.
 *
 * @param events at least one; the last one's {@link StreamEvent#after()} is the new state
 */
public record AppliedFact(List<StreamEvent> events, Set<Anomaly> anomalies) {
  public AppliedFact {
    events = List.copyOf(events);
    anomalies = Set.copyOf(anomalies);
  }

  public PaymentStream after() {
    return events.get(events.size() - 1).after();
  }
}

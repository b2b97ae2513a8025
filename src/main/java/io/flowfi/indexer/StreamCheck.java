package io.flowfi.indexer;

import io.flowfi.indexer.Drift.Difference;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.PaymentStream;
import java.util.List;
import java.util.Optional;

/**
 * One stream, compared.
 *
 * @param asOfLedger up to which ledger the comparison holds
 * @param entry what the contract stores, if it does
 * @param differences all of them
 * @param later why it cannot be compared with the contract now
 */
public record StreamCheck(
    PaymentStream stream,
    long asOfLedger,
    Optional<StreamEntry> entry,
    List<Difference> differences,
    Optional<String> later) {
  public StreamCheck {
    differences = List.copyOf(differences);
  }

  boolean agrees() {
    return later.isEmpty() && differences.isEmpty();
  }
}

package io.flowfi.ledger;

import io.flowfi.payment.Fact;

/**
 * A fact with its place on the chain.
 *
 * @param transactionHash 64 hexadecimal digits
 * @param closedAt when its ledger closed, in Unix seconds
 */
public record ChainFact(Fact fact, ChainPosition position, String transactionHash, long closedAt) {
  public ChainFact {
    if (!transactionHash.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("transactionHash must be 64 hexadecimal digits");
    }
  }
}

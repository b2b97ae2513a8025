package io.flowfi.ledger;

import java.util.Comparator;

/**
 * A position on the chain, in the order in which the contract emitted its events.
 *
 * @param ledger its sequence number
 * @param transaction within the ledger
 * @param operation within the transaction
 * @param event within the operation
 */
public record ChainPosition(long ledger, int transaction, int operation, int event)
    implements Comparable<ChainPosition> {
  private static final Comparator<ChainPosition> ORDER =
      Comparator.comparingLong(ChainPosition::ledger)
          .thenComparingInt(ChainPosition::transaction)
          .thenComparingInt(ChainPosition::operation)
          .thenComparingInt(ChainPosition::event);

  public ChainPosition {
    if (ledger < 0 || transaction < 0 || operation < 0 || event < 0) {
      throw new IllegalArgumentException("a position on the chain is not negative");
    }
  }

  public boolean isAfter(ChainPosition other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(ChainPosition other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return ledger + "/" + transaction + "/" + operation + "/" + event;
  }
}

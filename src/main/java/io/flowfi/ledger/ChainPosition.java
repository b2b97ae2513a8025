package io.flowfi.ledger;

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
    // written out: comparators of each part are a tenth of the time of reading the chain
    if (ledger != other.ledger) {
      return Long.compare(ledger, other.ledger);
    }
    if (transaction != other.transaction) {
      return Integer.compare(transaction, other.transaction);
    }
    return operation != other.operation
        ? Integer.compare(operation, other.operation)
        : Integer.compare(event, other.event);
  }

  @Override
  public String toString() {
    return ledger + "/" + transaction + "/" + operation + "/" + event;
  }
}

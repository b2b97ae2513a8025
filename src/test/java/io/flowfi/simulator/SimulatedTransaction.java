package io.flowfi.simulator;

import java.util.Arrays;
import java.util.List;

/**
 * What one transaction emitted.
 *
 * @param index its place in the ledger, from 1; 0 for the next free one
 * @param operations the events of each operation, in their order
 */
public record SimulatedTransaction(int index, List<List<SimulatedEvent>> operations) {
  public SimulatedTransaction {
    operations = operations.stream().map(List::copyOf).toList();
  }

  /** A transaction with one operation, as every transaction is that calls a contract. */
  public static SimulatedTransaction tx(SimulatedEvent... events) {
    return tx(Arrays.asList(events));
  }

  public static SimulatedTransaction tx(List<SimulatedEvent> events) {
    return new SimulatedTransaction(0, List.of(events));
  }

  /** The same one behind transactions of others. */
  public SimulatedTransaction at(int place) {
    return new SimulatedTransaction(place, operations);
  }
}

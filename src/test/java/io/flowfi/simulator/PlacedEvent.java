package io.flowfi.simulator;

/**
 * An event with its place on the chain.
 *
 * @param closedAt when its ledger closed, in Unix seconds
 * @param transactionHash 64 hexadecimal digits
 */
public record PlacedEvent(
    EventPlace place, long closedAt, String transactionHash, SimulatedEvent event) {
  public long ledger() {
    return place.ledger();
  }

  /** Its id in answers of the RPC. */
  public String id() {
    return place.toString();
  }
}

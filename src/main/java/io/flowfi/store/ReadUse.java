package io.flowfi.store;

/**
 * What the store is read for. Each use has connections of its own, so that none waits behind
 * another: neither readiness nor a resume stands in a queue with pages of the history.
 */
public enum ReadUse {
  /** Answers to single requests. */
  REQUESTS(4),
  /** Pages of the history: half the cores, so that however many ask, the others have the rest. */
  HISTORY(Math.max(1, Runtime.getRuntime().availableProcessors() / 2)),
  /** What the feed has missed. */
  FEED(1),
  /** What subscribers have missed. */
  REPLAYS(4),
  /** The states that subscribers begin with. */
  SNAPSHOTS(2),
  /** Whether the store answers. */
  HEALTH(1);

  private final int connections;

  ReadUse(int connections) {
    this.connections = connections;
  }

  public int connections() {
    return connections;
  }
}

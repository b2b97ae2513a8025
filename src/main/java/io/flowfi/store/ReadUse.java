package io.flowfi.store;

/**
 * What the store is read for. Each use has connections of its own, so that none waits behind
 * another: readiness and resumes never queue behind pages of the history.
 */
public enum ReadUse {
  /** Answers to single requests. */
  REQUESTS(4),
  /** Pages of the history: half the cores, so that the other uses always have the rest. */
  HISTORY(Math.max(1, Runtime.getRuntime().availableProcessors() / 2)),
  /** Events that the feed has missed. */
  FEED(1),
  /** Events that subscribers have missed. */
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

package io.flowfi.app;

import io.flowfi.cluster.LeaseStore;
import io.flowfi.indexer.ChainLease;
import java.time.Duration;
import java.util.Optional;

/** One node of a log follows the chain. */
final class SharedLease implements ChainLease {
  private static final String TASK = "chain";

  /** With what is between two looks, another node takes over within 4 s: 5 are promised. */
  private static final Duration LASTS = Duration.ofSeconds(3);

  private final LeaseStore leases;
  private final String node;

  /**
   * @param node id of this process
   */
  SharedLease(LeaseStore leases, String node) {
    this.leases = leases;
    this.node = node;
  }

  @Override
  public boolean hold() {
    return leases.hold(TASK, node, LASTS);
  }

  @Override
  public Optional<Holder> holder() {
    return leases.holder(TASK).map(holder -> new Holder(holder.node(), holder.name()));
  }

  @Override
  public void close() {
    leases.giveBack(TASK, node);
  }
}

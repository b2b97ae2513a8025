package io.flowfi.indexer;

import java.time.Duration;
import java.util.Optional;

/**
 * Which node follows the chain. It only saves work: what makes two nodes safe is that the cursor is
 * advanced by compare-and-set.
 */
public interface ChainLease extends AutoCloseable {
  /** How often it is taken again, or tried for. */
  Duration BETWEEN_LOOKS = Duration.ofMillis(750);

  /** The lease of a node that has its log for itself. */
  static ChainLease alone() {
    return new ChainLease() {
      @Override
      public boolean hold() {
        return true;
      }

      @Override
      public Optional<Holder> holder() {
        return Optional.empty();
      }

      @Override
      public void close() {
        // nobody else waits for it
      }
    };
  }

  /**
   * Takes or keeps the lease.
   *
   * @return whether it is ours now; it is taken over within 5 s of its holder's death
   */
  boolean hold();

  /** Which node has it now, as far as is known; empty if none has. */
  Optional<Holder> holder();

  /** Gives it back. */
  @Override
  void close();

  /**
   * The node that has the lease.
   *
   * @param node id of the running process
   * @param name what the operator calls it
   */
  record Holder(String node, Optional<String> name) {
    @Override
    public String toString() {
      return name.map(called -> called + " (" + node + ")").orElse(node);
    }
  }
}

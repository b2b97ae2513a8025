package io.flowfi.indexer;

/**
 * Which node follows the chain. It only saves work: what makes two nodes safe is that the cursor is
 * advanced by compare-and-set.
 */
public interface ChainLease extends AutoCloseable {
  /** The lease of a node that has its log for itself. */
  static ChainLease alone() {
    return new ChainLease() {
      @Override
      public boolean hold() {
        return true;
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

  /** Gives it back. */
  @Override
  void close();
}

package io.flowfi.indexer;

/** The indexer cannot do what an administrator asks for. The message says why, for them. */
public final class IndexerRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public IndexerRefusedException(String message) {
    super(message);
  }

  /** Only the node that follows the chain can do it. */
  public static IndexerRefusedException otherNode(ChainLease.Holder follows) {
    return new IndexerRefusedException(
        "node " + follows + " follows the chain at the moment: ask that one");
  }
}

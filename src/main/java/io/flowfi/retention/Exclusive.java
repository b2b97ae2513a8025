package io.flowfi.retention;

/** Work that one node of a log does at a time. */
@FunctionalInterface
public interface Exclusive {

  /**
   * Does the work, unless another node is doing such work now.
   *
   * @return whether it was done
   * @throws io.flowfi.ledger.StoreException if the store cannot say whether another node does it
   */
  boolean alone(Runnable work);
}

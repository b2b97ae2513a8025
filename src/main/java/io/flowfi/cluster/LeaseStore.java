package io.flowfi.cluster;

import java.time.Duration;
import java.util.Optional;

/**
 * Tasks that one node of a log does at a time, in their database, by its clock. A node that dies
 * holds its task only until the time is over. Any thread may call; every call returns within three
 * seconds.
 *
 * <p>Every method throws {@link SharedStoreException} if the database does not answer.
 */
public interface LeaseStore {
  /**
   * Takes a task, or keeps it for longer.
   *
   * @param node id of the running process
   * @param lasts from now on
   * @return whether the task is this node's now
   */
  boolean hold(String task, String node, Duration lasts);

  /** Whose task it is now; empty if it is nobody's. */
  Optional<Holder> holder(String task);

  /** Gives the task back, if it is this node's. */
  void giveBack(String task, String node);

  /**
   * The node that has a task.
   *
   * @param node id of the running process
   * @param name what the operator calls it
   */
  record Holder(String node, Optional<String> name) {}
}

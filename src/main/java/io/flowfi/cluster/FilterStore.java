package io.flowfi.cluster;

import io.flowfi.log.FilterText;
import io.flowfi.payment.Address;
import java.time.Duration;
import java.util.Optional;

/**
 * Saved filters in the nodes' database, by its clock. Any thread may call; every call returns
 * within three seconds.
 *
 * <p>Every method throws {@link SharedStoreException} if the database does not answer.
 */
public interface FilterStore {
  /**
   * Keeps a filter under its id, or notes that it was used.
   *
   * @param owner empty in open mode
   * @param size what it counts
   * @param mostOfOwner how many the owner may have; those that are kept already stay. Calls at the
   *     same moment do not see each other, so it can be exceeded by a few
   * @return false if the owner has so many others already
   */
  boolean keep(Optional<Address> owner, FilterText filter, int size, int mostOfOwner);

  /**
   * Finds a filter that was used in the time {@code kept}, and notes that it was.
   *
   * @param renewed a use within this time of the last one is not noted: most uses only read
   */
  Optional<FilterText> find(Optional<Address> owner, String id, Duration kept, Duration renewed);

  /**
   * Removes what has not been used for long.
   *
   * @param most how many rows are removed
   */
  Swept sweep(Duration kept, int most);

  /**
   * What is left.
   *
   * @param size of all together
   * @param more whether there is more to remove
   */
  record Swept(long size, boolean more) {}
}

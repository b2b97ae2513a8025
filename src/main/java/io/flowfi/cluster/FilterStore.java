package io.flowfi.cluster;

import io.flowfi.log.FilterText;
import io.flowfi.log.SavedFilters;
import io.flowfi.log.SavedFilters.Refusal;
import io.flowfi.payment.Address;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Saved filters in the nodes' database. A use is noted with the later of the database's time and
 * the node's, and a filter is old when both say so: no page loses its filter to a clock that was
 * set. Any thread may call; every call returns within three seconds.
 *
 * <p>{@code believed} is the node's time of day, as far as it is borne out.
 *
 * <p>Every method throws {@link SharedStoreException} if the database does not answer.
 */
public interface FilterStore {
  /**
   * Keeps a filter under its id, or notes that it was used, within {@link
   * SavedFilters#MAX_PER_OWNER} and {@link SavedFilters#MAX_VALUES}. One that is kept already
   * stays.
   *
   * @param owner empty in open mode
   * @param size what it counts
   * @return why it is not kept; empty if it is
   */
  Optional<Refusal> keep(Optional<Address> owner, FilterText filter, int size, Instant believed);

  /**
   * Finds a filter that was used in the time {@code kept}, and notes that it was.
   *
   * @param renewed a use within this time of the last one is not noted: most uses only read
   */
  Optional<FilterText> find(
      Optional<Address> owner, String id, Duration kept, Duration renewed, Instant believed);

  /**
   * Removes what has not been used for long.
   *
   * @param most how many rows are removed
   * @return whether there may be more to remove
   */
  boolean sweep(Duration kept, Instant believed, int most);
}

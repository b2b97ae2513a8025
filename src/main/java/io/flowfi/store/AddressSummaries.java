package io.flowfi.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.flowfi.payment.Address;
import io.flowfi.query.AddressSummary;
import org.jdbi.v3.core.Handle;

/**
 * Adds up what addresses pay and receive. It keeps the totals of recently requested addresses, so a
 * busy address costs only what has changed since the last time. Any thread may call; calls for the
 * same address take turns.
 */
final class AddressSummaries {
  /** The memory of a stream that has not ended, in bytes. */
  private static final long STREAM_BYTES = 600;

  /** The share of the heap that may be taken by all totals together. */
  private static final long SHARE_OF_HEAP = 16;

  private final Cache<Address, AddressTotals> kept;

  AddressSummaries() {
    this(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / STREAM_BYTES);
  }

  /**
   * @param mostStreams the limit for streams that have not ended, over all kept totals; an address
   *     with more than that is read in full at each call
   */
  AddressSummaries(long mostStreams) {
    kept =
        Caffeine.newBuilder()
            .maximumWeight(mostStreams)
            .weigher((Address address, AddressTotals totals) -> 1 + totals.size())
            .executor(Runnable::run)
            .build();
  }

  /**
   * @param handle in a transaction
   * @param at Unix seconds to compute the claimable amounts for
   */
  AddressSummary summary(Handle handle, Address address, long at) {
    AddressTotals totals = kept.get(address, AddressTotals::new);
    AddressSummary summary;
    synchronized (totals) {
      totals.catchUp(handle);
      summary = totals.summary(at);
      kept.put(address, totals); // it may weigh more than before
    }
    return summary;
  }
}

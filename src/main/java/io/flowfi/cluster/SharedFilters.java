package io.flowfi.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.flowfi.log.EventFilter;
import io.flowfi.log.FilterText;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.SavedFilters;
import io.flowfi.payment.Address;
import io.flowfi.time.BelievedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Saved filters in the nodes' database: known on every node. A node remembers those it was asked
 * for lately: an id always means the same filter, so clients can come back while the database is
 * away. Thread-safe.
 */
final class SharedFilters implements SavedFilters {
  /** How often a use is noted in the database. */
  static final Duration RENEWED = Duration.ofHours(1);

  /**
   * A use may be noted so much too early: by one that came shortly before, and that this node
   * remembered. And both clocks may be ahead by so much without a doubt.
   */
  static final Duration KEPT = LIFETIME.plus(RENEWED.multipliedBy(2)).plus(BelievedTime.TOLERANCE);

  private record Name(Optional<Address> owner, String id) {}

  private final FilterStore store;
  private final Supplier<Instant> believed;
  private final Cache<Name, EventFilter> lately;

  /**
   * @param believed the time of day, as far as it is borne out; from any thread
   * @param nanos a clock that nobody sets, in nanoseconds
   */
  SharedFilters(FilterStore store, Supplier<Instant> believed, LongSupplier nanos) {
    this.store = store;
    this.believed = believed;
    this.lately =
        Caffeine.newBuilder()
            .maximumWeight(MAX_VALUES)
            .<Name, EventFilter>weigher((name, filter) -> SavedFilters.size(filter))
            .expireAfterWrite(RENEWED) // and not after a read: then no use would be noted any more
            .ticker(nanos::getAsLong)
            .build();
  }

  @Override
  public Kept keep(Optional<Address> owner, EventFilter filter) {
    FilterText written = FilterText.of(filter);
    try {
      Optional<Refusal> refusal =
          store.keep(owner, written, SavedFilters.size(filter), believed.get());
      if (refusal.isPresent()) {
        return new Kept(null, refusal.get());
      }
    } catch (SharedStoreException e) {
      throw new LogUnavailableException("no filter can be saved", e);
    }
    return new Kept(written.id(), null);
  }

  @Override
  public Optional<EventFilter> find(Optional<Address> owner, String id) {
    Name name = new Name(owner, id);
    EventFilter remembered = lately.getIfPresent(name);
    if (remembered != null) {
      return Optional.of(remembered);
    }
    Optional<EventFilter> found;
    try {
      found = store.find(owner, id, KEPT, RENEWED, believed.get()).map(FilterText::filter);
    } catch (SharedStoreException e) {
      throw new LogUnavailableException("saved filters cannot be read", e);
    }
    found.ifPresent(filter -> lately.put(name, filter));
    return found;
  }
}

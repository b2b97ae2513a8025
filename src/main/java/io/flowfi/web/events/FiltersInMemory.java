package io.flowfi.web.events;

import io.flowfi.log.EventFilter;
import io.flowfi.log.FilterText;
import io.flowfi.log.SavedFilters;
import io.flowfi.payment.Address;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The filters of this node, in memory: about 100 bytes a value. Bounded in number for each owner
 * and in values for all; when full, it rejects new ones, because a forgotten filter would end a
 * page's event stream at its next reconnect. For the same reason ages are by a clock that nobody
 * sets.
 */
public final class FiltersInMemory implements SavedFilters {
  private record Name(Optional<Address> owner, String id) {}

  private record Entry(EventFilter filter, long lastAskedFor) {}

  private final LongSupplier nanos;
  private final int maxValues;

  // least recently used first
  private final Map<Name, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Optional<Address>, Integer> perOwner = new HashMap<>();
  private int values;

  /**
   * @param nanos a clock that nobody sets, in nanoseconds
   */
  public FiltersInMemory(LongSupplier nanos) {
    this(nanos, MAX_VALUES);
  }

  FiltersInMemory(LongSupplier nanos, int maxValues) {
    this.nanos = nanos;
    this.maxValues = maxValues;
  }

  @Override
  public synchronized Kept keep(Optional<Address> owner, EventFilter filter) {
    long now = nanos.getAsLong();
    forgetOld(now);
    Name name = new Name(owner, FilterText.of(filter).id());
    if (!entries.containsKey(name)) {
      if (perOwner.getOrDefault(owner, 0) >= MAX_PER_OWNER) {
        return new Kept(null, Refusal.OWNERS_SHARE);
      }
      if (values + SavedFilters.size(filter) > maxValues) {
        return new Kept(null, Refusal.FULL);
      }
      perOwner.merge(owner, 1, Integer::sum);
      values += SavedFilters.size(filter);
    }
    entries.put(name, new Entry(filter, now));
    return new Kept(name.id(), null);
  }

  @Override
  public synchronized Optional<EventFilter> find(Optional<Address> owner, String id) {
    long now = nanos.getAsLong();
    forgetOld(now);
    Entry entry =
        entries.computeIfPresent(
            new Name(owner, id), (name, known) -> new Entry(known.filter(), now));
    return Optional.ofNullable(entry).map(Entry::filter);
  }

  private void forgetOld(long now) {
    Iterator<Map.Entry<Name, Entry>> oldest = entries.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Name, Entry> next = oldest.next();
      if (now - next.getValue().lastAskedFor() < LIFETIME.toNanos()) {
        return;
      }
      oldest.remove();
      values -= SavedFilters.size(next.getValue().filter());
      perOwner.computeIfPresent(
          next.getKey().owner(), (owner, count) -> count == 1 ? null : count - 1);
    }
  }
}

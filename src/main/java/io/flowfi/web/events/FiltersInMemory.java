package io.flowfi.web.events;

import io.flowfi.log.EventFilter;
import io.flowfi.log.SavedFilters;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.web.wire.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The filters of this node, in memory: about 100 bytes a value. Bounded in number for each owner
 * and in values for all; when full, it rejects new ones, because a forgotten filter would end a
 * page's event stream at its next reconnect.
 */
public final class FiltersInMemory implements SavedFilters {
  /** Since a filter was last used: a page that sleeps overnight still finds its own. */
  static final Duration LIFETIME = Duration.ofHours(24);

  static final int MAX_PER_OWNER = 50;
  static final int MAX_VALUES = 200_000;

  /** The fixed cost of a filter, counted in values. */
  private static final int OVERHEAD = 4;

  private static final int ID_BYTES = 16;

  private record Name(Optional<Address> owner, String id) {}

  private record Entry(EventFilter filter, Instant lastAskedFor) {}

  private final InstantSource clock;
  private final int maxValues;

  // least recently used first
  private final Map<Name, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Optional<Address>, Integer> perOwner = new HashMap<>();
  private int values;

  public FiltersInMemory(InstantSource clock) {
    this(clock, MAX_VALUES);
  }

  FiltersInMemory(InstantSource clock, int maxValues) {
    this.clock = clock;
    this.maxValues = maxValues;
  }

  @Override
  public synchronized Kept keep(Optional<Address> owner, EventFilter filter) {
    Instant now = clock.instant();
    forgetOld(now);
    Name name = new Name(owner, id(filter));
    if (!entries.containsKey(name)) {
      if (perOwner.getOrDefault(owner, 0) >= MAX_PER_OWNER) {
        return new Kept(null, Refusal.OWNERS_SHARE);
      }
      if (values + size(filter) > maxValues) {
        return new Kept(null, Refusal.FULL);
      }
      perOwner.merge(owner, 1, Integer::sum);
      values += size(filter);
    }
    entries.put(name, new Entry(filter, now));
    return new Kept(name.id(), null);
  }

  @Override
  public synchronized Optional<EventFilter> find(Optional<Address> owner, String id) {
    Instant now = clock.instant();
    forgetOld(now);
    Entry entry =
        entries.computeIfPresent(
            new Name(owner, id), (name, known) -> new Entry(known.filter(), now));
    return Optional.ofNullable(entry).map(Entry::filter);
  }

  private void forgetOld(Instant now) {
    Iterator<Map.Entry<Name, Entry>> oldest = entries.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Name, Entry> next = oldest.next();
      if (now.isBefore(next.getValue().lastAskedFor().plus(LIFETIME))) {
        return;
      }
      oldest.remove();
      values -= size(next.getValue().filter());
      perOwner.computeIfPresent(
          next.getKey().owner(), (owner, count) -> count == 1 ? null : count - 1);
    }
  }

  private static int size(EventFilter filter) {
    return OVERHEAD + filter.streams().size() + filter.users().size() + filter.types().size();
  }

  /** Made from its content, in any order. It is no secret, because it gives no access. */
  private static String id(EventFilter filter) {
    String text =
        filter.all()
            + "\n"
            + sorted(filter.streams(), StreamId::toString)
            + "\n"
            + sorted(filter.users(), Address::strKey)
            + "\n"
            + sorted(filter.types(), EventType::wireName);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(digest, ID_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static <T> String sorted(Set<T> values, Function<T, String> write) {
    return values.stream().map(write).sorted().collect(Collectors.joining(","));
  }
}

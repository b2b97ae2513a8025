package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.List;

/** One thing to subscribe to, and a key that finds a frame. */
public sealed interface FilterKey {
  /** Whether the filter names this. */
  boolean isIn(EventFilter filter);

  /** The fewest keys that find everything the filter selects. */
  static List<FilterKey> of(EventFilter filter) {
    if (filter.all()) {
      return List.of(All.INSTANCE); // it includes all other keys
    }
    List<FilterKey> keys = new ArrayList<>(filter.streams().size() + filter.users().size());
    filter.streams().forEach(stream -> keys.add(new OfStream(stream)));
    filter.users().forEach(user -> keys.add(new OfUser(user)));
    return keys;
  }

  /** Everything. */
  record All() implements FilterKey {
    public static final All INSTANCE = new All();

    @Override
    public boolean isIn(EventFilter filter) {
      return filter.all();
    }
  }

  /** The events of one stream. */
  record OfStream(StreamId stream) implements FilterKey {
    @Override
    public boolean isIn(EventFilter filter) {
      return filter.streams().contains(stream);
    }
  }

  /** The events whose sender or recipient is this address. */
  record OfUser(Address user) implements FilterKey {
    @Override
    public boolean isIn(EventFilter filter) {
      return filter.users().contains(user);
    }
  }
}

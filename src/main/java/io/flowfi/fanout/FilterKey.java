package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.List;

/** One thing that can be subscribed to, and under which a frame is found. */
public sealed interface FilterKey {
  /** Whether the filter asks for this by name. */
  boolean isIn(EventFilter filter);

  /** The fewest keys under which everything the filter asks for is found. */
  static List<FilterKey> of(EventFilter filter) {
    if (filter.all()) {
      return List.of(All.INSTANCE); // whatever else was named is part of it
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

package io.flowfi.fanout;

import io.flowfi.stream.Address;
import io.flowfi.stream.StreamId;

/** One thing that can be subscribed to, and under which a frame is found. */
public sealed interface FilterKey {
  /** Everything. */
  record All() implements FilterKey {
    public static final All INSTANCE = new All();
  }

  /** The events of one stream. */
  record OfStream(StreamId stream) implements FilterKey {}

  /** The events whose sender or recipient is this address. */
  record OfUser(Address user) implements FilterKey {}
}

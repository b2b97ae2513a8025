package io.flowfi.fanout;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import java.util.List;

/**
 * An event as it goes over the wire, encoded once for all subscribers.
 *
 * @param position its place in the log
 * @param type compared with the type filters of subscribers
 * @param keys all keys that find it, {@link FilterKey.All} included; at most four
 * @param bytes the whole UTF-8 frame, blank line included; shared, must never be changed
 */
@SuppressWarnings(
    "ArrayRecordComponent") // a frame is compared by identity; copying it per subscriber is what we
// avoid
public record Frame(LogPosition position, EventType type, List<FilterKey> keys, byte[] bytes) {
  /** Whether it names parties, and none of them is this account. */
  boolean isOfOthersThan(Address account) {
    boolean named = false;
    for (FilterKey key : keys) {
      if (key instanceof FilterKey.OfUser party) {
        if (party.user().equals(account)) {
          return false;
        }
        named = true;
      }
    }
    return named;
  }

  /** One of 32 bits for a type. There may be more types, so some share a bit. */
  static int bit(EventType type) {
    return 1 << type.hashCode(); // the shift takes the lowest five bits
  }
}

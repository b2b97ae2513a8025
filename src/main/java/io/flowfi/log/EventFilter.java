package io.flowfi.log;

import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.util.Set;

/**
 * Selects events of the log: everything, or those of some streams or users; the types narrow that
 * further.
 *
 * @param all every event, whatever the streams and users
 * @param streams events of these streams
 * @param users events whose sender or recipient is one of these
 * @param types only these types; empty means any
 */
public record EventFilter(
    boolean all, Set<StreamId> streams, Set<Address> users, Set<EventType> types) {
  /** Everything. */
  public static final EventFilter EVERYTHING = new EventFilter(true, Set.of(), Set.of(), Set.of());

  /** No event: for connections that are sent other things. */
  public static final EventFilter NOTHING = new EventFilter(false, Set.of(), Set.of(), Set.of());

  /** Filter values one subscriber may name: more is a mistake or an attack on the index. */
  public static final int MAX_VALUES = 256;

  public EventFilter {
    streams = Set.copyOf(streams);
    users = Set.copyOf(users);
    types = Set.copyOf(types);
    if (!all && streams.isEmpty() && users.isEmpty() && !types.isEmpty()) {
      throw new IllegalArgumentException("a filter needs all, a stream or a user");
    }
    if (streams.size() + users.size() > MAX_VALUES) {
      throw new IllegalArgumentException(
          "a filter names at most " + MAX_VALUES + " streams and users");
    }
  }

  public boolean matches(LoggedEvent event) {
    if (!types.isEmpty() && !types.contains(event.type())) {
      return false;
    }
    return all
        || event.streamId().filter(streams::contains).isPresent()
        || event.sender().filter(users::contains).isPresent()
        || event.recipient().filter(users::contains).isPresent();
  }
}

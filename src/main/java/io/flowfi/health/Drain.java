package io.flowfi.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Takes a node out of the traffic while it runs on, and back. Any thread. */
public interface Drain {
  /** Where a node is on its way out. */
  enum State {
    /** It gets traffic. */
    SERVING,
    /** It is unready, and tells its clients to reconnect. */
    LEAVING,
    /** All have been told. Whoever comes all the same is served. */
    DRAINED;

    /** As in the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How far it is.
   *
   * @param since when it was taken out; empty while it serves
   */
  record Status(State state, Optional<Instant> since) {}

  Status status();

  /**
   * Makes the node unready, and tells its clients to reconnect. A node that is out already stays as
   * it is.
   *
   * @param window over how long they are told; empty for what the settings say
   */
  Status begin(Optional<Duration> window);

  /** Makes the node ready again. Clients that were told have left. */
  Status end();
}

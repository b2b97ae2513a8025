package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The connections that are open, for who looks after the server. Any thread may call, but none that
 * a pump needs: each call waits for pumps to come to it between two turns. No pump waits, and none
 * looks at more than a few hundred connections at once, so deliveries go on.
 */
public interface Connections {
  /** Where a list begins. */
  long BEGINNING = -1;

  /** Most connections of a page. */
  int LONGEST_PAGE = 256;

  /**
   * The connections after a place in the list. Page by page, every connection that is open from the
   * first page to the last is met exactly once; one that comes or goes meanwhile once or not at
   * all.
   *
   * @param after {@link #BEGINNING}, or the {@link Page#next()} of the page before
   * @param limit 1 to {@value #LONGEST_PAGE}
   * @throws IllegalArgumentException if one of them is out of bounds
   * @throws IllegalStateException if a pump does not come to it within two seconds
   */
  Page list(long after, int limit);

  /**
   * Has a connection end, for {@link CloseReason#CLOSED_BY_ADMIN}. Its client is told to reconnect,
   * as most do: whoever is to stay away must be kept from coming back.
   *
   * @return false if there is none of that name
   * @throws IllegalStateException if a pump does not come to it within two seconds
   */
  boolean close(String clientId);

  /**
   * Some of the connections.
   *
   * @param next where to go on; empty after the last
   */
  record Page(List<Open> connections, OptionalLong next) {
    public Page {
      connections = List.copyOf(connections);
    }
  }

  /**
   * One connection, as its pump saw it.
   *
   * @param account as whom it was let in
   * @param address of the client; empty if unknown
   * @param cursor the client has been sent what matches up to here; empty before its first words
   *     and in a snapshot
   * @param lag how many events lie between the cursor and the newest that is published, whether
   *     they match or not; empty if there is no cursor
   * @param age since it was started
   * @param bytes of its event stream that it has taken
   */
  record Open(
      String clientId,
      Optional<Address> account,
      String address,
      EventFilter filter,
      Optional<LogPosition> cursor,
      OptionalLong lag,
      Duration age,
      long bytes) {}
}

package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The open connections, for administrators. Any thread may call, except one that a pump needs: each
 * call waits until pumps answer it between two turns. No pump waits, and none looks at more than a
 * few hundred connections at once, so deliveries go on.
 */
public interface Connections {
  /** Where a list begins. */
  long BEGINNING = -1;

  /** Most connections of a page. */
  int LONGEST_PAGE = 256;

  /**
   * The connections after a place in the list. Page by page, every connection that is open from the
   * first page to the last is met exactly once; one that opens or closes meanwhile is met once or
   * not at all.
   *
   * @param after {@link #BEGINNING}, or the {@link Page#next()} of the page before
   * @param limit 1 to {@value #LONGEST_PAGE}
   * @throws IllegalArgumentException if an argument is out of bounds
   * @throws IllegalStateException if a pump does not come to it within two seconds
   */
  Page list(long after, int limit);

  /**
   * Ends a connection, for {@link CloseReason#CLOSED_BY_ADMIN}. Its client is told to reconnect,
   * and most do: a client that must stay away has to be blocked by other means.
   *
   * @return false if there is none with that id
   * @throws IllegalStateException if a pump does not come to it within two seconds
   */
  boolean close(String clientId);

  /**
   * Sends one connection a frame that is not in the log, as {@link Announcements#announce} does.
   *
   * @param frame a whole frame without a position; must never be changed
   * @return whether its client will get it, or too much already waits for it; empty if there is no
   *     connection with that id
   * @throws IllegalArgumentException if it has too many bytes
   * @throws IllegalStateException if a pump does not come to it within two seconds
   */
  Optional<Boolean> send(String clientId, byte[] frame);

  /**
   * How many events the slowest of them is behind the newest published one; 0 without connections.
   * Each pump looks at all of its own at once, so ask a few times a second at most.
   *
   * @throws IllegalStateException if a pump does not come to it within two seconds
   */
  long mostBehind();

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
   * @param account the account it authenticated as
   * @param address of the client; empty if unknown
   * @param after it has been sent all that matches behind this position, up to the cursor; empty
   *     before its first words
   * @param cursor the client has been sent what matches up to here; empty before its first words
   *     and in a snapshot
   * @param lag how many events are between the cursor and the newest published one, matching or
   *     not; empty if there is no cursor
   * @param since when it was started; the same at each look, even if the clock was set meanwhile
   * @param age since then
   * @param bytes of its event stream that its socket has taken
   */
  record Open(
      String clientId,
      Optional<Address> account,
      String address,
      EventFilter filter,
      Optional<LogPosition> after,
      Optional<LogPosition> cursor,
      OptionalLong lag,
      Instant since,
      Duration age,
      long bytes) {}
}

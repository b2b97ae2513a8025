package io.flowfi.cluster;

import io.flowfi.log.LogPosition;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The list of nodes, in their database, by its clock. Any thread may call; every call returns
 * within three seconds.
 *
 * <p>Every method throws {@link SharedStoreException} if the database does not answer.
 */
public interface NodeStore {
  /** A node that has not reported for so long does not count as living. */
  Duration SILENCE = Duration.ofSeconds(10);

  /** One that has not for so long is not known any more. */
  Duration KNOWN = Duration.ofMinutes(10);

  /**
   * Notes that a node lives, and forgets those that have not for a long time.
   *
   * @param slots what it has of what nodes count together, by the fields of their counts, as far as
   *     the others must know it; some hundreds at most
   */
  Pulse report(Report report, Map<String, Integer> slots);

  /** Takes a node off the list, because it ends. */
  void leave(String id);

  /** The nodes that live, oldest first. */
  List<LiveNode> live();

  /**
   * Of these nodes those that have reported here in the last minutes. A node that is cut off from
   * the database for a while is still known.
   *
   * @param ids of running processes
   */
  Set<String> known(Set<String> ids);

  /**
   * What a node says of itself.
   *
   * @param id of the running process, new with each start
   * @param name what the operator calls it
   * @param url where other nodes reach it; empty if the operator has not said so
   * @param connections event streams open now
   * @param maxConnections how many may be
   * @param head how far the node has passed on the log
   */
  record Report(
      String id,
      Optional<String> name,
      Optional<URI> url,
      String version,
      int connections,
      int maxConnections,
      LogPosition head) {}

  /**
   * The answer to a report.
   *
   * @param now the database's time
   * @param living the nodes that live, oldest first, this one included
   */
  record Pulse(Instant now, List<Member> living) {}

  /**
   * One of the living nodes.
   *
   * @param slots what it has told with its last report; empty for the node that asks, and from
   *     nodes of older versions
   */
  record Member(String id, Map<String, Integer> slots) {}

  /**
   * A node that lives.
   *
   * @param lag how many events of the log the node had not passed on yet when it reported
   * @param uptime since its first report
   * @param age of the report
   */
  record LiveNode(Report report, long lag, Duration uptime, Duration age) {}
}

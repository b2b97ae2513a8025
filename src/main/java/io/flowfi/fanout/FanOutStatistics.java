package io.flowfi.fanout;

import io.flowfi.counts.HistogramCounts;
import java.util.Map;

/**
 * What the fan-out has done and holds, since start.
 *
 * @param open connections that are open now, by what they follow ({@code all}, {@code streams},
 *     {@code users}, {@code mixed}, or {@code nothing}: those that watch the statistics) and how
 *     they are written to ({@code detached}, {@code async})
 * @param opened connections that have begun
 * @param ended by reason: those of {@link CloseReason}, {@code client_gone}, and {@code other} for
 *     what the server has ended without a word
 * @param filters how many filters of each kind ({@code all}, {@code stream}, {@code user}) the open
 *     connections hold
 * @param published frames appended to the ring
 * @param delivered frames accepted by outputs, each subscriber counted
 * @param bytes taken by sockets
 * @param latency for each event and pump that delivered it, from the arrival of its command until
 *     it was handed to the last socket that took it at once, in seconds
 * @param resets how often a client was told to start over, by reason
 * @param parked connections whose socket is full now
 * @param ringFrames frames in the ring now
 * @param ringBytes bytes in the ring now
 */
public record FanOutStatistics(
    Map<Kind, Integer> open,
    long opened,
    Map<String, Long> ended,
    Map<String, Integer> filters,
    long published,
    long delivered,
    long bytes,
    HistogramCounts latency,
    Map<String, Long> resets,
    int parked,
    int ringFrames,
    long ringBytes) {

  /**
   * A kind of connection.
   *
   * @param filter what it follows
   * @param output how it is written to
   */
  public record Kind(String filter, String output) {}

  /** Connections that are open now. */
  public int connections() {
    return open.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Connections closed for taking no byte within the stall time-out. */
  public long slowClientsClosed() {
    return ended.get("slow_client");
  }
}

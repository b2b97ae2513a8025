package io.flowfi.fanout;

import java.util.Map;

/**
 * What the fan-out has done and holds, since start.
 *
 * @param connections open now
 * @param filters how many filters of each kind ({@code all}, {@code stream}, {@code user}) the open
 *     connections hold
 * @param published frames appended to the ring
 * @param delivered frames accepted by outputs, each subscriber counted
 * @param slowClientsClosed connections closed for taking no byte within the stall time-out
 * @param parked connections whose socket is full now
 * @param ringFrames frames in the ring now
 * @param ringBytes bytes in the ring now
 */
public record FanOutStatistics(
    int connections,
    Map<String, Integer> filters,
    long published,
    long delivered,
    long slowClientsClosed,
    int parked,
    int ringFrames,
    long ringBytes) {}

package io.flowfi.bench;

import org.HdrHistogram.Histogram;

/**
 * What a group of subscribers has received since the last call; the counts of connections are since
 * the start.
 *
 * @param dialed connections begun
 * @param answered connections answered with 200
 * @param open connections open now
 * @param failed connections that never got an answer
 * @param refused answers other than 200
 * @param closedByServer open streams that the server ended
 * @param connectSeconds from the first dial to the last answer
 * @param caughtUp connections that have received their backlog
 * @param catchUpSeconds from the first dial to the last connection that caught up
 * @param deliveries markers received
 * @param bytes bytes received
 * @param seconds length of this window
 * @param latency publish to receipt, microseconds
 * @param answerTimes dial to answer, microseconds
 */
record SubscriberFigures(
    long dialed,
    long answered,
    long open,
    long failed,
    long refused,
    long closedByServer,
    double connectSeconds,
    long caughtUp,
    double catchUpSeconds,
    long deliveries,
    long bytes,
    double seconds,
    Histogram latency,
    Histogram answerTimes) {

  boolean settled(int count) {
    return answered + failed + refused >= count;
  }

  double deliveriesPerSecond() {
    return deliveries / seconds;
  }
}

package io.flowfi.bench;

import org.HdrHistogram.Histogram;

/**
 * The figures of a publisher since the last call.
 *
 * @param accepted requests answered with success
 * @param refused requests answered otherwise
 * @param broken requests whose connection broke
 * @param firstRefusal the text of the first refusal of all, empty if none
 * @param seconds length of this window
 * @param answerTimes from when a request was due to its answer, microseconds
 */
record PublisherFigures(
    long accepted,
    long refused,
    long broken,
    String firstRefusal,
    double seconds,
    Histogram answerTimes) {

  double perSecond() {
    return accepted / seconds;
  }
}

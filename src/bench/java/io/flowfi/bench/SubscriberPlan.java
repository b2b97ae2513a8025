package io.flowfi.bench;

/**
 * What a group of subscribers does.
 *
 * @param path what they ask for; {@code %d} is the six-digit connection number modulo {@code
 *     topics}
 * @param headers further request headers, each ended with CR LF
 * @param count how many connections in total
 * @param topics see {@code path}
 * @param inFlight most connections that have not been answered yet
 * @param dialsPerSecond 0 for as fast as the answers come
 * @param lifeMillis a connection is dropped this long after its answer; 0 keeps it
 * @param stalled whether they stop reading after the head of the answer
 * @param backlog how many events a connection has missed: after them it has caught up; 0 if none
 */
record SubscriberPlan(
    String path,
    String headers,
    int count,
    int topics,
    int inFlight,
    double dialsPerSecond,
    int lifeMillis,
    boolean stalled,
    int backlog) {

  static SubscriberPlan of(String path, int count) {
    return new SubscriberPlan(path, "", count, 1, 200, 0, 0, false, 0);
  }

  SubscriberPlan topics(int value) {
    return new SubscriberPlan(
        path, headers, count, value, inFlight, dialsPerSecond, lifeMillis, stalled, backlog);
  }

  SubscriberPlan notReading() {
    return new SubscriberPlan(
        path, headers, count, topics, inFlight, dialsPerSecond, lifeMillis, true, backlog);
  }

  /**
   * Connections without end: at a given rate, 0 for as fast as the answers come, each dropped after
   * a while.
   */
  static SubscriberPlan churn(String path, double perSecond, int millis) {
    int inFlight = perSecond == 0 ? 200 : 2000;
    return new SubscriberPlan(
        path, "", Integer.MAX_VALUE, 1, inFlight, perSecond, millis, false, 0);
  }

  /** Connections at a given rate, each resuming with the id of the last event it has seen. */
  SubscriberPlan resuming(double perSecond, long lastEventId, int missed) {
    String header = "Last-Event-ID: " + lastEventId + "\r\n";
    return new SubscriberPlan(
        path, header, count, topics, count, perSecond, lifeMillis, stalled, missed);
  }
}

package io.flowfi.indexer;

/**
 * How many events to ask a node for at once. It is halved when the node asks for fewer, and grows
 * back slowly with each full page. A page that is not full says nothing about larger ones. For one
 * thread.
 */
final class PageSize {
  static final int MOST = 1000;
  static final int LEAST = 10;

  /** A page grows by one part in so many: from the least to the most takes about 80 full pages. */
  private static final int GROWTH = 16;

  private final int most;
  private int limit;

  PageSize() {
    this(MOST);
  }

  /**
   * @param most {@value #LEAST} or more
   */
  PageSize(int most) {
    this.most = most;
    this.limit = most;
  }

  int limit() {
    return limit;
  }

  /** The node asks for fewer, or it took too long. */
  void tooMany() {
    limit = Math.max(LEAST, limit / 2);
  }

  /** The node has answered. */
  void answered(EventPage page) {
    if (page.isFull()) {
      limit = Math.min(most, limit + Math.max(1, limit / GROWTH));
    }
  }
}

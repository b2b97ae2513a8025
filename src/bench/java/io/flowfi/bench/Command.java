package io.flowfi.bench;

/**
 * What one connection of a publisher sends, again and again. Used by the publisher's thread only.
 */
interface Command {
  PreparedRequest next();

  /** The answer to the last request has come. */
  default void answered(int status) {}

  /** The same request each time. */
  static Command of(PreparedRequest request) {
    return () -> request;
  }

  /**
   * Two requests in turn, the second undoing the first. A refused one is followed by the other one,
   * because then the server's state is not what it should be.
   */
  static Command alternating(PreparedRequest first, PreparedRequest second) {
    return new Command() {
      private boolean undo;

      @Override
      public PreparedRequest next() {
        return undo ? second : first;
      }

      @Override
      public void answered(int status) {
        if (status < 300 || status == 409) {
          undo = !undo;
        }
      }
    };
  }
}

package io.flowfi.bench;

/**
 * The request that one connection of a publisher sends again and again. Used by the publisher's
 * thread only.
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
   * Two requests in turn, the second undoing the first. After a rejected one the other one follows,
   * because the server's state was not the expected one.
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

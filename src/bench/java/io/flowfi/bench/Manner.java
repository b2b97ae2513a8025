package io.flowfi.bench;

/** How a client of row 13 sends its commands. */
enum Manner {
  /** One after the other over a connection that stays. */
  KEEP_ALIVE("keep-alive", 1, 500),

  /** Several at once, before the first of them is answered. */
  PIPELINED("pipelined", 16, 480),

  /** Each over a connection of its own. */
  NEW_CONNECTION("new connections", 1, 1);

  private final String words;
  private final int atOnce;
  private final int perConnection;

  Manner(String words, int atOnce, int perConnection) {
    this.words = words;
    this.atOnce = atOnce;
    this.perConnection = perConnection;
  }

  String words() {
    return words;
  }

  int atOnce() {
    return atOnce;
  }

  /** Fewer than the server allows, so that it ends none between two commands. */
  int perConnection() {
    return perConnection;
  }
}

package io.flowfi.bench;

import java.util.Optional;

/** How a node hears of the commits of another. */
enum Doorbell {
  REDIS("with Redis"),
  NOTIFY("with NOTIFY"),
  /** There is no setting for it. It is what happens while Redis is away. */
  POLLING("with polling only");

  private final String words;

  Doorbell(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** Why it cannot be measured on this machine; empty if it can. */
  Optional<String> missing() {
    return this == REDIS ? new RedisServer().missing() : Optional.empty();
  }
}

package io.flowfi.indexer.rpc;

import java.time.Duration;

/**
 * What an answer may cost us.
 *
 * @param connect until there is a connection
 * @param answer until the last byte of an answer
 * @param call for all requests that one call of a {@code ChainSource} makes
 * @param bodyBytes of one answer
 */
record Limits(Duration connect, Duration answer, Duration call, int bodyBytes) {
  /** Stellar-rpc cuts a request off at 10 s, and at 25 s if it hangs in a queue before that. */
  static final Limits STANDARD =
      new Limits(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(20), 32 << 20);
}

package io.flowfi.payment;

import java.util.Locale;

/** Who may change a stream: commands over HTTP, or only what the indexer reads from the chain. */
public enum Origin {
  API,
  CHAIN;

  /** The name used in JSON and in the store. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.flowfi.indexer;

import java.util.List;

/**
 * One RPC node that tells what the contract did. It has been checked before it answers anything
 * else: its network is ours and it numbers events as we need it. Each call throws {@link
 * ChainSourceException}, takes at most 20 s and is not repeated inside. For one thread.
 */
public interface ChainSource extends AutoCloseable {
  /** Its address, for status and logs; without credentials. */
  String name();

  /**
   * Events of the contract.
   *
   * @param limit from 1 to 1,000
   */
  EventPage events(PageStart start, int limit);

  SourceHealth health();

  /**
   * Entries of the contract's storage.
   *
   * @param keys base64 XDR of 1 to 200 {@code LedgerKey}s
   */
  EntryPage entries(List<String> keys);

  @Override
  void close();
}

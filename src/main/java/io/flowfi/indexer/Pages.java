package io.flowfi.indexer;

import java.util.OptionalLong;

/**
 * Fetches pages and decodes them.
 *
 * @param decoder for one thread
 */
record Pages(EventDecoder decoder) {

  /**
   * @throws ChainSourceException if the node does not give the page
   */
  DecodedPage read(ChainSource source, PageStart start, int limit) {
    EventPage page = source.events(start, limit);
    // Some versions of the RPC do not tell in a page where their history begins. It is asked for
    // afterwards: what the node still has now, it had when it answered.
    return DecodedPage.of(
        page.oldestLedger().isPresent()
            ? page
            : new EventPage(
                page.events(),
                page.limit(),
                page.cursor(),
                page.latestLedger(),
                OptionalLong.of(source.health().oldestLedger()),
                page.latestCloseTime()),
        decoder);
  }
}

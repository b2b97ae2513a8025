package io.flowfi.web.streams;

import io.flowfi.log.LogIdentity;
import io.flowfi.query.StreamPage;
import java.util.List;

/**
 * A page of streams, as clients see it.
 *
 * @param nextCursor null at the end
 */
record StreamList(List<StreamState> streams, int limit, boolean hasMore, String nextCursor) {
  /**
   * @param log that was read
   * @param at Unix seconds to compute the claimable amounts for
   */
  static StreamList of(StreamPage page, LogIdentity log, int limit, long at) {
    return new StreamList(
        page.streams().stream().map(stream -> new StreamState(stream, at)).toList(),
        limit,
        page.hasMore(),
        page.next().map(place -> place.in(log).toString()).orElse(null));
  }
}

package io.flowfi.query;

import io.flowfi.log.LogUnavailableException;

/** Pages through past events. Calls block on the store; any thread may make them. */
public interface EventHistory {

  /**
   * Reads one page.
   *
   * @throws LogUnavailableException if the store cannot be read, or too many read it
   */
  HistoryPage page(HistoryQuery query);
}

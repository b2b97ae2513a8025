package io.flowfi.query;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;

/** Pages through past events. Calls block on the store; any thread may make them. */
public interface EventHistory {
  /** The identity of the log that it reads. Does not block. */
  LogIdentity log();

  /**
   * Reads one page.
   *
   * @throws LogUnavailableException if the store cannot be read, or too many read it
   */
  HistoryPage page(HistoryQuery query);

  /**
   * The place right before a time. Times and positions rise together, except where a clock that was
   * ahead has been corrected: there it is one of the places that the time has.
   *
   * @param time Unix seconds, by the clock of the log
   * @return the last position before the first event of this second or later; the head if there is
   *     no such event yet
   * @throws LogUnavailableException as above
   */
  LogPosition placeBefore(long time);
}

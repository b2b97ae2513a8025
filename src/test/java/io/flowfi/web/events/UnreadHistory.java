package io.flowfi.web.events;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;

/** A history that nobody should read. */
class UnreadHistory implements EventHistory {
  @Override
  public LogIdentity log() {
    return new LogIdentity("test");
  }

  @Override
  public HistoryPage page(HistoryQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public LogPosition placeBefore(long time) {
    throw new UnsupportedOperationException();
  }
}

package io.flowfi.web.events;

import io.flowfi.log.LogPosition;
import io.flowfi.query.EventHistory;
import io.flowfi.web.wire.EventIds;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.TimeText;

/**
 * Reads the parameters that give a place in the log: the id of an event, the cursor of a page, or a
 * time. Fractions of a second are dropped, because the log counts in seconds.
 */
record PlaceInLog(EventHistory history) {

  /** The place to begin after, so that the first event is one of this second or later. */
  LogPosition since(String field, String text) {
    return history.placeBefore(TimeText.parse(field, text).getEpochSecond());
  }

  /**
   * The place to begin after: the id of an event.
   *
   * @throws ProblemException 409 if it is of another log
   */
  LogPosition after(String field, String text) {
    return ids().position(field, text);
  }

  /**
   * The end of an earlier page.
   *
   * @throws ProblemException 409 if it is of another log
   */
  HistoryCursor cursor(String field, String text) {
    HistoryCursor cursor = HistoryCursor.parse(field, text);
    ids().requireHere(text, cursor.log());
    return cursor;
  }

  /**
   * The place to end before: the id of an event, or a time that no event has reached.
   *
   * @throws ProblemException 409 if it is of another log
   */
  LogPosition before(String field, String text) {
    if (!text.matches("[0-9]{4}-.*")) {
      return after(field, text);
    }
    String form = "the id of an event, or a time such as 2026-01-31T08:00:00Z";
    return history.placeBefore(TimeText.rfc3339(field, text, form).getEpochSecond()).next();
  }

  private EventIds ids() {
    return new EventIds(history.log());
  }
}

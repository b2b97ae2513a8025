package io.flowfi.web.events;

import io.flowfi.log.LogCursor;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.query.EventHistory;
import io.flowfi.web.wire.ProblemException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Reads the parameters that give a place in the log: the id of an event, the cursor of a page, or a
 * time as Unix seconds or RFC 3339 text (section 5.6). Fractions of a second are dropped, because
 * the log counts in seconds.
 */
public record PlaceInLog(EventHistory history) {

  /** The place to begin after, so that the first event is one of this second or later. */
  LogPosition since(String field, String text) {
    String form = field + " must be a time: Unix seconds, or such as 2026-01-31T08:00:00Z";
    long seconds = text.matches("[0-9]{1,15}") ? Long.parseLong(text) : rfc3339(field, text, form);
    return history.placeBefore(inRange(field, seconds, form));
  }

  /**
   * The place to begin after: the id of an event.
   *
   * @throws ProblemException 409 if it is of another log
   */
  LogPosition after(String field, String text) {
    LogCursor id = LogCursor.parse(field, text);
    requireHere(text, id.isForeignTo(history.log()));
    return id.position();
  }

  /**
   * The end of an earlier page.
   *
   * @throws ProblemException 409 if it is of another log
   */
  HistoryCursor cursor(String field, String text) {
    HistoryCursor cursor = HistoryCursor.parse(field, text);
    requireHere(text, cursor.log());
    return cursor;
  }

  /**
   * Checks what a client gives back.
   *
   * @param log whose place it is; empty if it does not say
   * @throws ProblemException 409 if it is of another log
   */
  public void requireHere(String text, Optional<LogIdentity> log) {
    requireHere(text, log.filter(other -> !other.equals(history.log())).isPresent());
  }

  private void requireHere(String text, boolean isForeign) {
    if (isForeign) {
      throw ProblemException.of(
          409,
          text
              + " is from another log, and not from this one, "
              + history.log()
              + ", which has other events at the same positions; start over");
    }
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
    String form = field + " must be the id of an event, or a time such as 2026-01-31T08:00:00Z";
    return history.placeBefore(inRange(field, rfc3339(field, text, form), form)).next();
  }

  private static long rfc3339(String field, String text, String form) {
    try {
      // an offset's plus sign that the client did not encode has become a space
      return OffsetDateTime.parse(text.replace(' ', '+'), DateTimeFormatter.ISO_OFFSET_DATE_TIME)
          .toEpochSecond();
    } catch (DateTimeException malformed) {
      throw new InvalidValueException(field, form);
    }
  }

  private static long inRange(String field, long seconds, String form) {
    if (seconds < 0 || seconds > PaymentStream.MAX_TIME) {
      throw new InvalidValueException(field, form);
    }
    return seconds;
  }
}

package io.flowfi.web.events;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.query.EventHistory;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Reads the parameters that give a place in the log by its time: Unix seconds, or RFC 3339 text
 * (section 5.6). Fractions of a second are dropped, because the log counts in seconds.
 */
record TimeInLog(EventHistory history) {

  /** The place to begin after, so that the first event is one of this second or later. */
  LogPosition since(String field, String text) {
    String form = field + " must be a time: Unix seconds, or such as 2026-01-31T08:00:00Z";
    long seconds = text.matches("[0-9]{1,15}") ? Long.parseLong(text) : rfc3339(field, text, form);
    return history.placeBefore(inRange(field, seconds, form));
  }

  /** The place to end before: a position, or a time that no event has reached. */
  LogPosition before(String field, String text) {
    if (text.indexOf('T') < 0 && text.indexOf('t') < 0) {
      return LogPosition.parse(field, text);
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

package io.flowfi.web.wire;

import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/** Reads times that clients send: Unix seconds, or RFC 3339 text (section 5.6). */
public final class TimeText {
  /** In words, for messages. */
  public static final String FORM = "a time: Unix seconds, or such as 2026-01-31T08:00:00Z";

  private TimeText() {}

  /**
   * Reads a time in either form.
   *
   * @throws InvalidValueException if it is neither, or not between 1970 and {@link
   *     PaymentStream#MAX_TIME}
   */
  public static Instant parse(String field, String text) {
    return text.matches("[0-9]{1,15}")
        ? Instant.ofEpochSecond(Long.parseLong(text))
        : rfc3339(field, text, FORM);
  }

  /**
   * Reads a time as text only.
   *
   * @param form what the message says that the field must be
   * @throws InvalidValueException if it is something else, or not between those bounds
   */
  public static Instant rfc3339(String field, String text, String form) {
    try {
      // an offset's plus sign that the client did not encode has become a space
      Instant time =
          OffsetDateTime.parse(text.replace(' ', '+'), DateTimeFormatter.ISO_OFFSET_DATE_TIME)
              .toInstant();
      if (!time.isBefore(Instant.EPOCH) && time.getEpochSecond() <= PaymentStream.MAX_TIME) {
        return time;
      }
    } catch (DateTimeException malformed) {
      // refused below
    }
    throw new InvalidValueException(field, field + " must be " + form);
  }
}

package io.flowfi.log;

import io.flowfi.payment.InvalidValueException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of an event as clients keep it and send it back: {@code 42.k3f9}, the position and the log
 * that it belongs to. Clients that only know the number send {@code 42}.
 *
 * @param log empty if the client does not say: then it means the log that it asks
 */
public record LogCursor(LogPosition position, Optional<LogIdentity> log) {
  private static final Pattern TEXT =
      Pattern.compile("(" + LogPosition.FORM + ")(?:\\.(" + LogIdentity.FORM + "))?");

  /**
   * Reads an id as a client sends it back.
   *
   * @throws InvalidValueException if it is not a canonical decimal integer of at most 18 digits,
   *     alone or with a dot and the identity of a log
   */
  public static LogCursor parse(String field, String text) {
    Matcher matcher = TEXT.matcher(text == null ? "" : text);
    if (!matcher.matches()) {
      throw new InvalidValueException(
          field,
          field
              + " must be the id of an event, such as 42.k3f9 or 42: a decimal integer, alone or"
              + " with a dot and its log; 0 for the beginning");
    }
    return new LogCursor(
        new LogPosition(Long.parseLong(matcher.group(1))),
        Optional.ofNullable(matcher.group(2)).map(LogIdentity::new));
  }

  /** The id that a log gives to a position. */
  public static String id(long position, LogIdentity log) {
    return position + "." + log;
  }

  /** Whether it says that it belongs to another log. */
  public boolean isForeignTo(LogIdentity here) {
    return log.isPresent() && !log.get().equals(here);
  }

  /** The position to resume from; {@link LogPosition#NOWHERE} if it belongs to another log. */
  public LogPosition in(LogIdentity here) {
    return isForeignTo(here) ? LogPosition.NOWHERE : position;
  }

  @Override
  public String toString() {
    return log.map(of -> id(position.value(), of)).orElseGet(position::toString);
  }
}

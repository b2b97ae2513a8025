package io.flowfi.audit;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * A place in the audit log.
 *
 * @param day of the file
 * @param offset in it: what is before is still to be looked at
 */
public record AuditMark(LocalDate day, long offset) {
  /**
   * Reads what {@link #toString()} has written.
   *
   * @throws IllegalArgumentException if it is no place
   */
  public static AuditMark parse(String text) {
    if (!text.matches("\\d{4}-\\d{2}-\\d{2}[.]\\d{1,15}")) {
      throw new IllegalArgumentException("not a place in the audit log");
    }
    try {
      return new AuditMark(
          LocalDate.parse(text.substring(0, 10)), Long.parseLong(text.substring(11)));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a place in the audit log", e);
    }
  }

  @Override
  public String toString() {
    return day + "." + offset;
  }
}

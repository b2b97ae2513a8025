package io.flowfi.indexer.rpc;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.OptionalLong;

/** Numbers and times of ledgers as nodes write them. */
final class Ledgers {
  /** A ledger's number is an unsigned int of 32 bits, of which an event's id has 31. */
  private static final long LAST = Integer.MAX_VALUE;

  /** Of the year 9999: no later time is meant. */
  private static final long LAST_SECOND = 253_402_300_799L;

  private Ledgers() {}

  static long number(Long ledger, String name) {
    long number = WrongAnswerException.required(ledger, name);
    if (number < 0 || number > LAST) {
      throw new WrongAnswerException(name + " is no number of a ledger");
    }
    return number;
  }

  static OptionalLong optionalNumber(Long ledger, String name) {
    return ledger == null ? OptionalLong.empty() : OptionalLong.of(number(ledger, name));
  }

  /** Unix seconds, from a number, digits, or RFC 3339. */
  static long time(String time, String name) {
    String text = WrongAnswerException.required(time, name);
    try {
      long seconds =
          text.indexOf('T') < 0 ? Long.parseLong(text) : Instant.parse(text).getEpochSecond();
      if (seconds >= 0 && seconds <= LAST_SECOND) {
        return seconds;
      }
    } catch (NumberFormatException | DateTimeException e) {
      // refused below
    }
    throw new WrongAnswerException(name + " is no time");
  }

  /** Of stellar-rpc 22 there is none; 0 is what a node says that does not know. */
  static OptionalLong optionalTime(String time, String name) {
    return time == null || time.equals("0")
        ? OptionalLong.empty()
        : OptionalLong.of(time(time, name));
  }
}

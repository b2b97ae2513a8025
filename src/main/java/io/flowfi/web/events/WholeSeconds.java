package io.flowfi.web.events;

import io.flowfi.payment.InvalidValueException;
import java.time.Duration;

/** Reads a length of time within bounds, in whole seconds: {@code 25} or {@code 25s}. */
record WholeSeconds(Duration least, Duration most) {

  Duration parse(String field, String text) {
    if (text.matches("[0-9]{1,2}s?")) {
      Duration time = Duration.ofSeconds(Long.parseLong(text.replace("s", "")));
      if (time.compareTo(least) >= 0 && time.compareTo(most) <= 0) {
        return time;
      }
    }
    throw new InvalidValueException(
        field,
        field + " must be whole seconds from " + least.toSeconds() + " to " + most.toSeconds());
  }
}

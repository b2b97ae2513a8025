package io.flowfi.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flowfi.payment.InvalidValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The id of an event as a client sends it back. */
class LogCursorTest {
  private static final LogIdentity HERE = new LogIdentity("k3f9");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "42",
        "999999999999999999",
        "0.k3f9",
        "42.k3f9",
        "42.7",
        "999999999999999999.aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"
      })
  void shouldPrintWhatItRead(String text) {
    assertThat(LogCursor.parse("lastEventId", text)).hasToString(text);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "00",
        "042",
        "-1",
        "+1",
        "1e9",
        " 1",
        "1 ",
        "1\n",
        "٣",
        "abc",
        "1000000000000000000",
        "9223372036854775808",
        "42.",
        ".k3f9",
        "42.K",
        "42.k!",
        "42.k3f9.k3f9",
        "42.k3f9\n",
        "42. k3f9",
        "042.k3f9",
        "42.aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx"
      })
  void shouldRefuseWhatNoServerSent(String text) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> LogCursor.parse("lastEventId", text))
        .withMessageStartingWith("lastEventId must be the id of an event")
        .satisfies(e -> assertThat(e.field()).isEqualTo("lastEventId"));
  }

  @ParameterizedTest
  @CsvSource({"42, 42", "42.k3f9, 42", "0.k3f9, 0", "0, 0"})
  void shouldBeAPositionOfItsOwnLog(String text, long position) {
    LogCursor cursor = LogCursor.parse("lastEventId", text);
    assertThat(cursor.isForeignTo(HERE)).isFalse();
    assertThat(cursor.in(HERE)).isEqualTo(new LogPosition(position));
  }

  /** A longer or shorter identity is another one; the beginning of another log is none of this. */
  @ParameterizedTest
  @ValueSource(strings = {"42.m2x7", "42.k3f", "42.k3f99", "0.m2x7"})
  void shouldBeNowhereInAnotherLog(String text) {
    LogCursor cursor = LogCursor.parse("lastEventId", text);
    assertThat(cursor.isForeignTo(HERE)).isTrue();
    assertThat(cursor.in(HERE)).isEqualTo(LogPosition.NOWHERE);
  }

  /** JavaScript, and much else, would read some of them as fractions or exponents. */
  @Test
  void shouldNotLookLikeAFraction() {
    assertThat(LogCursor.id(42, LogIdentity.random())).matches("42\\.[a-z]{8}");
  }
}

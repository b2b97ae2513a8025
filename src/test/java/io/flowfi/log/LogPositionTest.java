package io.flowfi.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flowfi.payment.InvalidValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogPositionTest {
  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "42", "999999999999999999"})
  void shouldPrintWhatItRead(String text) {
    assertThat(LogPosition.parse("lastEventId", text)).hasToString(text);
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
        "4.2",
        "1e9",
        " 1",
        "1 ",
        "1\n",
        "٣",
        "abc",
        "1000000000000000000",
        "9223372036854775808"
      })
  void shouldRefuseWhatNoServerSent(String text) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> LogPosition.parse("lastEventId", text))
        .withMessageStartingWith("lastEventId must be the id of an event")
        .satisfies(e -> assertThat(e.field()).isEqualTo("lastEventId"));
  }

  @Test
  void shouldStandInOrder() {
    LogPosition first = LogPosition.BEGINNING.next();
    assertThat(first).isEqualTo(new LogPosition(1)).isGreaterThan(LogPosition.BEGINNING);
    assertThat(first.isAfter(LogPosition.BEGINNING)).isTrue();
    assertThat(first.isAfter(first)).isFalse();
    assertThat(LogPosition.BEGINNING.isAfter(first)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> new LogPosition(-1));
  }

  @Test
  void shouldResumeOnlyWhereNothingIsMissing() {
    LogBounds trimmed = new LogBounds(new LogPosition(11), new LogPosition(20));
    assertThat(trimmed.canResumeAfter(new LogPosition(9))).isFalse();
    assertThat(trimmed.canResumeAfter(new LogPosition(10))).isTrue();
    assertThat(trimmed.canResumeAfter(new LogPosition(20))).isTrue();
    assertThat(trimmed.canResumeAfter(new LogPosition(21))).isFalse();

    LogBounds empty = new LogBounds(new LogPosition(1), LogPosition.BEGINNING);
    assertThat(empty.canResumeAfter(LogPosition.BEGINNING)).isTrue();
    assertThat(empty.canResumeAfter(new LogPosition(1))).isFalse();
  }
}

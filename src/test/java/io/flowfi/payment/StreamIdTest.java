package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamIdTest {
  private static final String MAX = "18446744073709551615";

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "42", "9223372036854775807", "9223372036854775808", MAX})
  void shouldPrintWhatItRead(String text) {
    assertThat(StreamId.parse("streams", text)).hasToString(text);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "00",
        "01",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "0x1",
        " 1",
        "1 ",
        "1\n",
        "٣",
        "one",
        "18446744073709551616",
        "99999999999999999999",
        "100000000000000000000"
      })
  void shouldRefuseWhatIsNoU64(String text) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> StreamId.parse("streams", text))
        .withMessage("streams must be a decimal integer between 0 and " + MAX)
        .satisfies(e -> assertThat(e.field()).isEqualTo("streams"));
  }

  @Test
  void shouldCompareAsUnsigned() {
    StreamId largest = StreamId.parse("id", MAX);
    assertThat(largest.bits()).isEqualTo(-1);
    assertThat(largest).isGreaterThan(new StreamId(Long.MAX_VALUE)).isGreaterThan(new StreamId(0));
    assertThat(new StreamId(2)).isLessThan(new StreamId(10));
  }
}

package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountTest {
  private static final String MAX = "170141183460469231731687303715884105727";
  private static final Amount LARGEST = new Amount(Amount.MAX_VALUE);

  @ParameterizedTest
  @ValueSource(strings = {"1", "9", "10", "9223372036854775807", "9223372036854775808", MAX})
  void shouldPrintWhatItRead(String text) {
    assertThat(Amount.parsePositive("amount", text)).hasToString(text);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "0",
        "00",
        "01",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "0x10",
        " 1",
        "1 ",
        "1\n",
        "1,000",
        "1_000",
        "٣",
        "NaN",
        // 2^127, and forty digits
        "170141183460469231731687303715884105728",
        "1000000000000000000000000000000000000000"
      })
  void shouldRefuseWhatIsNoPositiveI128(String text) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Amount.parsePositive("ratePerSecond", text))
        .withMessageStartingWith("ratePerSecond must be")
        .withMessageContaining(MAX)
        .satisfies(e -> assertThat(e.field()).isEqualTo("ratePerSecond"));
  }

  @Test
  void shouldCalculateUpToTheLargestI128AndNeverWrap() {
    assertThat(LARGEST.minus(Amount.of(1)).plus(Amount.of(1))).isEqualTo(LARGEST);
    assertThat(LARGEST.minus(LARGEST).isZero()).isTrue();
    assertThatThrownBy(() -> LARGEST.plus(Amount.of(1))).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> Amount.ZERO.minus(Amount.of(1)))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void shouldNotExistOutsideItsRange() {
    BigInteger beyond = Amount.MAX_VALUE.add(BigInteger.ONE);
    assertThatThrownBy(() -> new Amount(beyond)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> Amount.of(-1)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new Amount(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldCompareByValue() {
    assertThat(Amount.of(9)).isLessThan(Amount.of(10));
    assertThat(Amount.of(10))
        .isEqualByComparingTo(new Amount(BigInteger.TEN))
        .isEqualTo(new Amount(BigInteger.TEN));
    assertThat(LARGEST).isGreaterThan(Amount.of(Long.MAX_VALUE));
  }
}

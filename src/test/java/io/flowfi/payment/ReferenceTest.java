package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "INV-2025/001",
        "\"quoted\" \\ <b>",
        "Miete März",
        "発票",
        "💸",
        "e\u0301",
        "a b",
        "❤\uFE0F"
      })
  void shouldKeepPrintableTextAsItIs(String text) {
    assertThat(new Reference(text)).hasToString(text);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {
        "a\nb", "a\rb", "\t", "\u0000", "\u0085", "\u007f", "\u2028", "\u2029", "\u200b", "\u202e",
        "\ufeff", "\ud800", "a\udc00", "\ue000", "\ufffe"
      })
  void shouldRefuseWhatCouldForgeALineOrHide(String text) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> new Reference(text))
        .withMessage("reference must be 1 to 64 printable characters")
        .satisfies(e -> assertThat(e.field()).isEqualTo("reference"));
  }

  @Test
  void shouldCountCharactersAsPeopleDo() {
    assertThat(new Reference("💸".repeat(64)).text()).hasSize(128);
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> new Reference("x".repeat(65)));
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> new Reference("💸".repeat(65)));
  }
}

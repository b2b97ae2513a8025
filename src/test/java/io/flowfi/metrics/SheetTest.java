package io.flowfi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SheetTest {
  private static final String ADDRESS = "GBTSE4RMW65WAJUVUPWDNPPWPS3IAS32BNNKSHMWAQ7HWSMHQWJ2AQS6";

  private static void refuses(Consumer<Sheet> writing) {
    Sheet sheet = new Sheet();
    assertThatThrownBy(() -> writing.accept(sheet)).isInstanceOf(IllegalArgumentException.class);
    assertThat(sheet.written()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upper", "with space", "flowfi-dash", "_x", "x_"})
  void shouldRefuseANameThatIsNone(String name) {
    refuses(sheet -> sheet.gauge(name, "help", 1));
  }

  @Test
  void shouldRefuseACounterWithoutItsEndingAndANameTwice() {
    refuses(sheet -> sheet.counter("events", "help", 1));
    Sheet sheet = new Sheet();
    sheet.gauge("once", "help", 1);
    assertThatThrownBy(() -> sheet.gauge("once", "help", 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "/v1/streams/7", "2001:db8::1/64", "a\nb", "a\"b"})
  void shouldRefuseAValueOfALabelThatIsNoWord(String word) {
    refuses(sheet -> sheet.gauge("name", "help", "label", Map.of(word, 1)));
    refuses(sheet -> sheet.counter("name_total", "help", "label", Map.of(word, 1)));
  }

  @Test
  void shouldRefuseMoreValuesOfALabelThanAShortList() {
    Map<String, Integer> many = new HashMap<>();
    for (int i = 0; i < 65; i++) {
      many.put("v" + i, 1);
    }
    refuses(sheet -> sheet.gauge("name", "help", "label", many));
    refuses(sheet -> sheet.counter("name_total", "help", "label", many));
  }

  @Test
  void shouldRefuseMoreCombinationsOfLabelsThanAShortList() {
    Map<List<String>, Integer> many = new HashMap<>();
    for (int i = 0; i < 64; i++) {
      many.put(List.of("a" + i / 8, "b" + i % 8), 1);
    }
    Sheet sheet = new Sheet();
    sheet.gauge("name", "help", List.of("one", "other"), many);
    assertThat(sheet.written()).hasSize(1);
    many.put(List.of("a8", "b0"), 1);
    refuses(other -> other.gauge("name", "help", List.of("one", "other"), many));
    refuses(
        other ->
            other.gauge("name", "help", List.of("one", "other"), Map.of(List.of("a", "/x"), 1)));
  }

  /** The parts that work are still there, and the answer says that one is missing. */
  @Test
  void shouldLeaveOutAPartThatFails() {
    try (Exposition exposition =
        new Exposition(
            readings ->
                List.of(
                    sheet -> sheet.gauge("before", "help", 1),
                    sheet -> {
                      throw new IllegalStateException(ADDRESS);
                    },
                    sheet -> sheet.gauge("after", "help", 2)))) {
      String text = new String(exposition.answer(null).body(), UTF_8);
      assertThat(text)
          .contains("flowfi_before 1.0\n", "flowfi_after 2.0\n", "flowfi_figures_failed 1.0\n")
          .doesNotContain(ADDRESS);
    }
  }
}

package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTypeTest {
  @ParameterizedTest
  @MethodSource("io.flowfi.payment.EventType#known")
  void shouldFindEveryTypeByItsWireName(EventType type) {
    assertThat(EventType.known(type.wireName())).containsSame(type);
    assertThat(EventType.named(new String(type.wireName().toCharArray()))).isSameAs(type);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "STREAM_CREATED", "stream.Created", "stream.created "})
  void shouldKnowNoOtherType(String name) {
    assertThat(EventType.known(name)).isEmpty();
  }

  @Test
  void shouldTakeAnyNameForATypeOfALaterVersion() {
    EventType renamed = EventType.named("stream.renamed");
    assertThat(renamed.wireName()).isEqualTo("stream.renamed");
    assertThat(renamed).isEqualTo(EventType.named("stream.renamed")).hasSameHashCodeAs(renamed);
    assertThat(renamed).isNotEqualTo(EventType.named("stream.rename"));
    assertThat(EventType.known()).doesNotContain(renamed).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\nb", "a,b", "\u00e4"})
  void shouldTakeNoNameThatDoesNotFitAFrameOrAFilter(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> EventType.named(name));
    assertThatIllegalArgumentException().isThrownBy(() -> EventType.named("x".repeat(101)));
  }
}

package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LoadGeneratorTest {
  @Test
  void shouldTakeOptionsOverItsOwn() {
    assertThat(LoadGenerator.options("--conns", "7", "--path", "--odd"))
        .containsEntry("--conns", "7")
        .containsEntry("--path", "--odd")
        .containsEntry("--port", "3001")
        .containsEntry("--rate", "100");
    assertThat(LoadGenerator.options()).as("as it was").containsEntry("--conns", "100");
  }

  @Test
  void shouldNameAnOptionThatItDoesNotKnowOrThatHasNoValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadGenerator.options("--connections", "7"))
        .withMessageContaining("--connections")
        .withMessageContaining("--conns");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadGenerator.options("--conns", "7", "--rate"))
        .withMessageContaining("no value: --rate");
  }
}

package io.flowfi.servers;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class NeededTest {
  @Test
  void shouldSkipATestWithoutItsProgram() {
    assertThatThrownBy(() -> Needed.need(false, "nginx is not installed", false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("nginx is not installed");
  }

  @Test
  void shouldFailATestWithoutItsProgramWhereItIsRequired() {
    assertThatThrownBy(() -> Needed.need(false, "nginx is not installed", true))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nginx is not installed");
  }

  @Test
  void shouldLetATestRunThatHasItsProgram() {
    assertThatCode(() -> Needed.need(true, "nginx is not installed", true))
        .doesNotThrowAnyException();
    assertThatCode(() -> Needed.need(true, "nginx is not installed", false))
        .doesNotThrowAnyException();
  }
}

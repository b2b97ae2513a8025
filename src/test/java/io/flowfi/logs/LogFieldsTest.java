package io.flowfi.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LogFieldsTest {
  @Test
  void shouldGiveTheEarlierFieldsBack() {
    try (LogFields.Scope request = LogFields.open(() -> Map.of("request", "a"))) {
      try (LogFields.Scope another = LogFields.open(() -> Map.of("request", "b"))) {
        assertThat(LogFields.current()).isEqualTo(Map.of("request", "b"));
      }
      assertThat(LogFields.current()).isEqualTo(Map.of("request", "a"));
    }
    assertThat(LogFields.current()).isEmpty();
  }

  @Test
  void shouldPutTheFieldsOfARequestBeforeThoseOfItsThread() {
    try (LogFields.Scope thread = LogFields.openWithThreads(Map.of("sandbox", "true"))) {
      try (LogFields.Scope request = LogFields.open(() -> Map.of("request", "a"))) {
        assertThat(LogFields.current()).isEqualTo(Map.of("request", "a"));
      }
      try (LogFields.Scope part = LogFields.openWithThreads(Map.of("part", "indexer"))) {
        assertThat(LogFields.current()).isEqualTo(Map.of("part", "indexer"));
      }
      assertThat(LogFields.current()).isEqualTo(Map.of("sandbox", "true"));
    }
    assertThat(LogFields.current()).isEmpty();
  }
}

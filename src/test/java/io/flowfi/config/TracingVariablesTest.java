package io.flowfi.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.tracing.TracingSettings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TracingVariablesTest {
  private static Optional<TracingSettings> read(Map<String, String> variables) {
    return TracingVariables.read(new Environment(variables, Map.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_EXPORTER_OTLP_ENDPOINT, http://127.0.0.1:4318, true",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, http://127.0.0.1:4318/v1/traces, true",
    "OTEL_TRACES_EXPORTER, otlp, true",
    "OTEL_TRACES_EXPORTER, none, false",
    "OTEL_SERVICE_NAME, payments, false",
    "OTEL_EXPORTER_OTLP_ENDPOINT, '', false",
  })
  void shouldBeOnlyWhereTheyAreWanted(String name, String value, boolean wanted) {
    assertThat(read(Map.of(name, value)).isPresent()).isEqualTo(wanted);
  }

  @Test
  void shouldBeOffWhateverElseIsSet() {
    assertThat(
            read(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318",
                    "OTEL_SDK_DISABLED", "True")))
        .isEmpty();
    assertThat(
            read(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318",
                    "OTEL_TRACES_EXPORTER", "none")))
        .isEmpty();
  }

  @Test
  void shouldPassOnAllVariablesAndShowNoValue() {
    TracingSettings settings =
        read(Map.of(
                "OTEL_TRACES_EXPORTER", "otlp",
                "OTEL_EXPORTER_OTLP_HEADERS", "key=a-secret",
                "PORT", "3001"))
            .orElseThrow();
    assertThat(settings.properties())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("otel.traces.exporter", "otlp", "otel.exporter.otlp.headers", "key=a-secret"));
    assertThat(settings.toString()).doesNotContain("a-secret");
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_TRACES_EXPORTER, zipkin",
    "OTEL_EXPORTER_OTLP_PROTOCOL, grpc",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL, http/json",
  })
  void shouldRefuseWhatThisServerDoesNotSpeak(String name, String value) {
    Map<String, String> variables =
        name.equals("OTEL_TRACES_EXPORTER")
            ? Map.of(name, value)
            : Map.of(name, value, "OTEL_TRACES_EXPORTER", "otlp");
    assertThatThrownBy(() -> read(variables))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(name);
  }
}

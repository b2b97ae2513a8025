package io.flowfi.tracing;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where traces go, and which.
 *
 * @param variables those of OpenTelemetry's <a
 *     href="https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/">
 *     specification</a> that are set, all of them {@code OTEL_}; may hold secrets
 */
public record TracingSettings(Map<String, String> variables) {
  public TracingSettings {
    variables = Map.copyOf(variables);
  }

  /** As OpenTelemetry's library names them: {@code otel.service.name} for OTEL_SERVICE_NAME. */
  public Map<String, String> properties() {
    return variables.entrySet().stream()
        .collect(
            Collectors.toMap(
                variable -> variable.getKey().toLowerCase(Locale.ROOT).replace('_', '.'),
                Map.Entry::getValue));
  }

  /** Without the values: they may hold secrets. */
  @Override
  public String toString() {
    return "TracingSettings" + variables.keySet();
  }
}

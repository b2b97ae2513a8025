package io.flowfi.config;

import io.flowfi.tracing.TracingSettings;
import java.util.List;
import java.util.Optional;

/**
 * The variables of OpenTelemetry that decide whether there are traces; its library reads the
 * others. Unlike there, none set means none wanted.
 */
final class TracingVariables {
  private static final String PREFIX = "OTEL_";
  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
  private static final String DISABLED = "OTEL_SDK_DISABLED";
  private static final String PROTOCOL = "http/protobuf";
  private static final String NONE = "none";

  private static final List<String> ENDPOINTS =
      List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  private static final List<String> PROTOCOLS =
      List.of("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL");

  private TracingVariables() {}

  /** Empty if no traces are wanted. */
  static Optional<TracingSettings> read(Environment environment) {
    String exporter =
        environment
            .text(EXPORTER)
            .orElseGet(() -> ENDPOINTS.stream().anyMatch(environment::isSet) ? "otlp" : NONE);
    if (exporter.equals(NONE)
        || environment.text(DISABLED).filter("true"::equalsIgnoreCase).isPresent()) {
      return Optional.empty();
    }
    if (!exporter.equals("otlp")) {
      throw new InvalidSettingException(EXPORTER, "must be otlp or none");
    }
    for (String protocol : PROTOCOLS) {
      if (!environment.text(protocol).orElse(PROTOCOL).equals(PROTOCOL)) {
        throw new InvalidSettingException(
            protocol, "must be " + PROTOCOL + ", the one that this server speaks");
      }
    }
    return Optional.of(new TracingSettings(environment.beginning(PREFIX)));
  }
}

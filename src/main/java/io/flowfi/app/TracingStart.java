package io.flowfi.app;

import io.flowfi.tracing.Tracing;
import io.flowfi.tracing.TracingSettings;
import io.flowfi.tracing.otel.OtelTracing;
import java.util.Optional;

/** The one place that names the implementation of traces, which is loaded only if it is used. */
final class TracingStart {
  private TracingStart() {}

  /**
   * Nothing runs yet.
   *
   * @throws IllegalStateException if there can be no traces; the message is a line for the operator
   */
  static Optional<Tracing> of(Optional<TracingSettings> settings, String version, String node) {
    if (settings.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new OtelTracing(settings.get(), version, node));
    } catch (LinkageError e) {
      throw another(e);
    }
  }

  /**
   * Begins to take traces.
   *
   * @throws IllegalStateException as above, or if a variable has a value that cannot be used
   */
  static void start(Tracing tracing) {
    try {
      tracing.start();
    } catch (LinkageError e) {
      throw another(e);
    }
  }

  private static IllegalStateException another(LinkageError e) {
    return new IllegalStateException(
        "OTEL_ variables are set, but the container brings another OpenTelemetry than this server's; use the container's own traces, and OTEL_SDK_DISABLED=true for this server",
        e);
  }
}

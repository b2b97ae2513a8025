#!/usr/bin/env bash
# A value of an OTEL_ variable that OpenTelemetry's Java SDK does not know ends the start, where the specification has it ignored.
#
# Expected: of a value outside its set ("enum") an implementation generates a warning and goes on as if the variable were not
#   set; of a number that is none, or out of range, likewise ("should"). One environment serves services in several languages,
#   and each knows other exporters, samplers and propagators.
# Happens: the autoconfigured SDK throws ConfigurationException for the exporter, the sampler, the propagator, the protocol, and for
#   durations and numbers; for some, negative ones among them, with no more than "Unexpected configuration error". Of all it only
#   takes a Boolean that is none as false, as specified, but without the warning. An application that lets the exception pass
#   does not start for a typing error in what only observes it.
# Way out: build the SDK in a try, and decide: go on without traces, or say which variable is wrong and end.
# Version: opentelemetry-sdk-extension-autoconfigure and opentelemetry-exporter-otlp 1.66.0; JDK 17.
# Source: https://opentelemetry.io/docs/specs/otel/configuration/common/, "Type-specific guidance": Enum, Numeric
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
{
  echo '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>'
  echo '<version>1</version><dependencies>'
  printf '%s\n' io.opentelemetry:opentelemetry-sdk-extension-autoconfigure:1.66.0 \
    io.opentelemetry:opentelemetry-exporter-otlp:1.66.0 \
    | sed -E 's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
  echo '</dependencies></project>'
} > pom.xml
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Start.java <<'JAVA'
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

public class Start {
  public static void main(String[] variable) {
    AtomicInteger warnings = new AtomicInteger();
    Logger all = Logger.getLogger("");
    all.removeHandler(all.getHandlers()[0]);
    all.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
              warnings.incrementAndGet();
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
    String result = "starts";
    try {
      AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook().build();
    } catch (RuntimeException e) {
      result = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    System.out.println(variable[0] + ", " + warnings + " warnings: " + result);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
javac -cp "$(cat class-path)" Start.java
for variable in OTEL_TRACES_EXPORTER=lantern OTEL_TRACES_SAMPLER=sometimes OTEL_PROPAGATORS=lantern OTEL_EXPORTER_OTLP_PROTOCOL=lantern \
  OTEL_EXPORTER_OTLP_COMPRESSION=lantern OTEL_BSP_SCHEDULE_DELAY=soon OTEL_BSP_MAX_QUEUE_SIZE=many OTEL_ATTRIBUTE_COUNT_LIMIT=-5 \
  OTEL_SDK_DISABLED=perhaps; do
  env OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none "$variable" java -cp "$(cat class-path):." Start "$variable"
done | tee seen
diff seen - <<'SEEN'
OTEL_TRACES_EXPORTER=lantern, 0 warnings: ConfigurationException: Unrecognized value for otel.traces.exporter: lantern
OTEL_TRACES_SAMPLER=sometimes, 0 warnings: ConfigurationException: Unrecognized value for otel.traces.sampler: sometimes
OTEL_PROPAGATORS=lantern, 0 warnings: ConfigurationException: Unrecognized value for otel.propagators: lantern. Make sure the artifact including the propagator is on the classpath.
OTEL_EXPORTER_OTLP_PROTOCOL=lantern, 0 warnings: ConfigurationException: Unsupported OTLP traces protocol: lantern
OTEL_EXPORTER_OTLP_COMPRESSION=lantern, 0 warnings: ConfigurationException: Unexpected configuration error
OTEL_BSP_SCHEDULE_DELAY=soon, 0 warnings: ConfigurationException: Invalid duration property otel.bsp.schedule.delay=soon. Expected number, found: 
OTEL_BSP_MAX_QUEUE_SIZE=many, 0 warnings: ConfigurationException: Invalid value for property otel.bsp.max.queue.size=many. Must be a integer.
OTEL_ATTRIBUTE_COUNT_LIMIT=-5, 0 warnings: ConfigurationException: Unexpected configuration error
OTEL_SDK_DISABLED=perhaps, 0 warnings: starts
SEEN
echo "as described"

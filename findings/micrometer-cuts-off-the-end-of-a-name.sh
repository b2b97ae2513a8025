#!/usr/bin/env bash
# Micrometer's Prometheus registry cuts .created, .total, .info and .bucket off a name, and drops one of two that are then equal.
#
# Expected: `events` and `events.created` are two counters, and are scraped as events_total and events_created_total. The
#   words at the end are reserved in OpenMetrics for series that the client writes by itself, so a name that cannot be
#   taken is refused, or at least another name is told.
# Happens: the end is cut off. A counter of what was created appears as events_total, which is a
#   number of something else for whoever reads it; the gauges streams.created and connections.total appear without their
#   ends, the counter jvm.info as jvm_total. A meter whose name is taken then is not registered: the first such one is a
#   warning, all others are logged at level debug, and the program counts on in a meter that nobody reads.
# Way out: verbs in front, `created.events`, or another word.
# Version: micrometer-registry-prometheus 1.17.2 (prometheus-metrics-model 1.7.0), JDK 17.
# Source: io.prometheus.metrics.model.snapshots.PrometheusNaming.sanitizeMetricName;
#   https://prometheus.io/docs/specs/om/open_metrics_spec/#suffixes
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > pom.xml <<'XML'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.micrometer</groupId>
      <artifactId>micrometer-registry-prometheus</artifactId>
      <version>1.17.2</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Names.java <<'JAVA'
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

public class Names {
  public static void main(String[] arguments) {
    Logger root = Logger.getLogger("");
    root.removeHandler(root.getHandlers()[0]);
    int[] warnings = {0};
    root.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            warnings[0]++;
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.counter("events.created").increment(7);
    registry.counter("events").increment(1000);
    registry.gauge("streams.created", 3);
    registry.gauge("streams", 400);
    registry.gauge("connections.total", 5);
    registry.counter("jvm.info").increment();
    registry.scrape().lines().filter(line -> !line.startsWith("#")).forEach(System.out::println);
    System.out.println("warnings: " + warnings[0]);
  }
}
JAVA
java -cp "$(cat class-path)" Names.java | tee seen
diff seen - <<'SEEN'
connections 5.0
events_total 7.0
jvm_total 1.0
streams 3.0
warnings: 1
SEEN
echo "as described"

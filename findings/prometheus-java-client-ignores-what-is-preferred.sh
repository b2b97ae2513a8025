#!/usr/bin/env bash
# Prometheus' Java client answers in OpenMetrics as soon as Accept names it, though another format is preferred or it is refused.
#
# Expected: the format with the highest q is sent, and never one with q=0 (RFC 9110, 12.4.2 and 12.5.1). Prometheus writes the
#   order of scrape_protocols into these numbers, so [PrometheusText0.0.4, OpenMetricsText1.0.0] gets text.
# Happens: the client only looks whether the header contains a name, protobuf's first, then OpenMetrics'; it reads neither the
#   order nor q. A Prometheus that was told to take text first gets OpenMetrics all the same, and a tool that refuses it by
#   q=0 is sent what it cannot read.
# Way out: name nothing in Accept that is not wanted: a scrape_protocols of one entry.
# Version: prometheus-metrics-exporter-httpserver 1.10.0, JDK 17.
# Source: https://www.rfc-editor.org/rfc/rfc9110#name-accept; https://prometheus.io/docs/prometheus/latest/configuration/configuration/,
#   scrape_protocols; io.prometheus.metrics.expositionformats.ExpositionFormats.findWriter
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
      <groupId>io.prometheus</groupId>
      <artifactId>prometheus-metrics-core</artifactId>
      <version>1.10.0</version>
    </dependency>
    <dependency>
      <groupId>io.prometheus</groupId>
      <artifactId>prometheus-metrics-exporter-httpserver</artifactId>
      <version>1.10.0</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Preferred.java <<'JAVA'
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

public class Preferred {
  static final String[] ACCEPTED = {
    "text/plain;version=0.0.4",
    "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.4",
    "text/plain;version=0.0.4,application/openmetrics-text;q=0",
  };

  public static void main(String[] arguments) throws Exception {
    PrometheusRegistry registry = new PrometheusRegistry();
    Counter.builder().name("events").register(registry).inc();
    HTTPServer server = HTTPServer.builder().hostname("127.0.0.1").port(0).registry(registry).buildAndStart();
    URI uri = URI.create("http://127.0.0.1:" + server.getPort() + "/metrics");
    for (String accepted : ACCEPTED) {
      HttpRequest request = HttpRequest.newBuilder(uri).header("Accept", accepted).build();
      String type =
          HttpClient.newHttpClient()
              .send(request, BodyHandlers.ofString())
              .headers()
              .firstValue("Content-Type")
              .orElse("none");
      System.out.println(accepted + ": " + type.replaceFirst(";.*", ""));
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
timeout 120 java -cp "$(cat class-path)" Preferred.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
text/plain;version=0.0.4: text/plain
text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.4: application/openmetrics-text
text/plain;version=0.0.4,application/openmetrics-text;q=0: application/openmetrics-text
SEEN
echo "as described"

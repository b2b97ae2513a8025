#!/usr/bin/env bash
# Jersey and Quarkus call onComplete after onError when an event source is refused, RESTEasy and CXF do not.
#
# Expected: "the onComplete callback will not be invoked if the onError callback has been invoked" (Jakarta REST 3.1,
#   SseEventSource.register). So a program may open its next event source in either of them.
# Happens: with an answer 404 Jersey and Quarkus call both, one after the other. The program that opens another source in each
#   of them has two after the first error, four after the second, and 1,024 after the tenth, and every event as often; the
#   server sees a crowd. With RESTEasy and CXF the same program has one.
# Way out: a flag for each source, which says that its end was seen.
# Version: jersey-media-sse 3.1.12, resteasy-reactive-client 3.37.4 (Quarkus), resteasy-client 7.0.1.Final,
#   cxf-rt-rs-sse 4.1.5, JDK 17.
# Source: https://jakarta.ee/specifications/restful-ws/3.1/apidocs/jakarta.ws.rs/jakarta/ws/rs/sse/sseeventsource
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > Refused.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;

public class Refused {
  public static void main(String[] arguments) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    SseEventSource source =
        SseEventSource.target(
                ClientBuilder.newClient().target("http://127.0.0.1:" + server.getAddress().getPort()))
            .build();
    source.register(
        event -> {}, error -> System.out.print("onError "), () -> System.out.print("onComplete "));
    source.open();
    Thread.sleep(5000);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
# run <name> <group:artifact:version>...: prints what is called
run() {
  local name=$1
  shift
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>'
    echo '<version>1</version><dependencies>'
    printf '%s\n' "$@" | sed -E 's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
    echo '</dependencies></project>'
  } > pom.xml
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
  echo "$name: $(timeout 120 java -cp "$(cat class-path)" Refused.java 2>/dev/null)"
}
{
  run RESTEasy org.jboss.resteasy:resteasy-client:7.0.1.Final
  run CXF org.apache.cxf:cxf-rt-rs-sse:4.1.5 org.apache.cxf:cxf-rt-rs-client:4.1.5
  run Jersey org.glassfish.jersey.media:jersey-media-sse:3.1.12 org.glassfish.jersey.core:jersey-client:3.1.12 \
    org.glassfish.jersey.inject:jersey-hk2:3.1.12
  run Quarkus io.quarkus.resteasy.reactive:resteasy-reactive-client:3.37.4
} | tee seen
diff <(sed 's/ *$//' seen) - <<'SEEN'
RESTEasy: onError
CXF: onError
Jersey: onError onComplete
Quarkus: onError onComplete
SEEN
echo "as described"

#!/usr/bin/env bash
# After a 204, Jersey's SseEventSource asks again twice a second for ever and calls nothing; CXF's ends and calls nothing.
#
# Expected: 204 tells an event source that there is nothing more to come, and is how a server stops it (Jakarta REST 3.1,
#   SseEventSource: "204 [...] Only onComplete is invoked"; HTML standard, 9.2.3: it fails the connection).
# Happens: RESTEasy does so. Jersey takes the answer without a body for a stream that has ended, and connects again each
#   500 ms, as often as nobody stops the program; no consumer is called. CXF gives up, but does not call onComplete: a
#   program that waits for the end waits for ever.
# Way out: for a server, 404 instead: all three call onError at that.
# Version: jersey-media-sse 3.1.12, resteasy-client 7.0.1.Final, cxf-rt-rs-sse 4.1.5, JDK 17.
# Source: https://jakarta.ee/specifications/restful-ws/3.1/apidocs/jakarta.ws.rs/jakarta/ws/rs/sse/sseeventsource
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > Try.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

public class Try {
  public static void main(String[] arguments) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    SseEventSource source =
        SseEventSource.target(
                ClientBuilder.newClient().target("http://127.0.0.1:" + server.getAddress().getPort()))
            .build();
    source.register(
        event -> System.out.println("event"),
        error -> System.out.println("onError"),
        () -> System.out.println("onComplete"));
    source.open();
    Thread.sleep(6000);
    System.out.println(requests.get() > 4 ? "asks on" : "asked " + requests + " time");
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
# run <group:artifact:version>...: prints what the program hears
run() {
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>'
    echo '<version>1</version><dependencies>'
    printf '%s\n' "$@" | sed -E 's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
    echo '</dependencies></project>'
  } > pom.xml
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
  timeout 120 java -cp "$(cat class-path)" Try.java 2>/dev/null
}
jersey=$(run org.glassfish.jersey.media:jersey-media-sse:3.1.12 org.glassfish.jersey.core:jersey-client:3.1.12 \
  org.glassfish.jersey.inject:jersey-hk2:3.1.12)
resteasy=$(run org.jboss.resteasy:resteasy-client:7.0.1.Final)
cxf=$(run org.apache.cxf:cxf-rt-rs-sse:4.1.5 org.apache.cxf:cxf-rt-rs-client:4.1.5)
printf 'Jersey:\n%s\n\nRESTEasy:\n%s\n\nCXF:\n%s\n\n' "$jersey" "$resteasy" "$cxf"
[ "$resteasy" = $'onComplete\nasked 1 time' ] || { echo "Changed: RESTEasy does not end"; exit 1; }
[ "$jersey" = "asks on" ] || { echo "Changed: Jersey"; exit 1; }
[ "$cxf" = "asked 1 time" ] || { echo "Changed: CXF"; exit 1; }
echo "As described."

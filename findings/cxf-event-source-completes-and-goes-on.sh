#!/usr/bin/env bash
# CXF's SseEventSource calls onComplete at each clean end: without a `retry:` that is its last word, with one it goes on.
#
# Expected: an event source waits 500 ms by default and connects again when its connection has ended; a `retry:` of the server
#   only changes how long (Jakarta REST 3.1, "Reconnect support" of SseEventSource). onComplete is called when there are no
#   further events.
# Happens: whether CXF reconnects depends on the server. If none of its events had a `retry:`, CXF never connects again,
#   unless the program has called reconnectingEvery(). If one had, CXF calls onComplete all the same, and after it
#   delivers the events of the next connection. A program that opens another source in onComplete has two then, and gets
#   each event twice; one that does not has none with the next server.
# Way out: reconnectingEvery() always; or close() in onComplete, and a new source.
# Version: cxf-rt-rs-sse 4.1.5, JDK 17.
# Source: https://jakarta.ee/specifications/restful-ws/3.1/apidocs/jakarta.ws.rs/jakarta/ws/rs/sse/sseeventsource;
#   org.apache.cxf.jaxrs.sse.client.SseEventSourceImpl.InboundSseEventListenerDelegate.onComplete()
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
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

public class Try {
  /** Each connection gets one event and ends. */
  public static void main(String[] arguments) throws Exception {
    for (String retry : new String[] {"", "retry: 100\n"}) {
      System.out.println(retry.isEmpty() ? "without a retry:" : "with retry: 100");
      AtomicInteger sent = new AtomicInteger();
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            String event = retry + "data: " + sent.incrementAndGet() + "\n\n";
            exchange.getResponseBody().write(event.getBytes(StandardCharsets.US_ASCII));
            if (sent.get() < 3) {
              exchange.close();
            } else {
              exchange.getResponseBody().flush();
            }
          });
      server.start();
      SseEventSource source =
          SseEventSource.target(
                  ClientBuilder.newClient()
                      .target("http://127.0.0.1:" + server.getAddress().getPort()))
              .build();
      source.register(
          event -> System.out.println("event " + event.readData()),
          error -> System.out.println("onError"),
          () -> System.out.println("onComplete"));
      source.open();
      Thread.sleep(5000);
    }
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
run org.apache.cxf:cxf-rt-rs-sse:4.1.5 org.apache.cxf:cxf-rt-rs-client:4.1.5 | tee seen
diff seen - <<'SEEN'
without a retry:
event 1
onComplete
with retry: 100
event 1
onComplete
event 2
onComplete
event 3
SEEN
echo "as described"

#!/usr/bin/env bash
# CXF's SseEventSource forgets the last event id at an event without one, and then resumes at nothing.
#
# Expected: an event without an `id:` leaves the last event id as it is, and the next connection sends it (Jakarta REST 3.1:
#   "the last received SSE event id field value"; HTML standard, 9.2.6), as Jersey and RESTEasy do. A server writes
#   `id:` to what can be resumed, and none to what cannot: a comment, `retry:`, a word before it stops.
# Happens: CXF sets the id to that of every event it has read, null if it has none, a comment with a blank line included. If
#   the last block before the end had none, the next request comes without Last-Event-ID, the server takes it for a new
#   client, and what happened in between is lost without an error.
# Way out for a server: an `id:` in each block, or no blank line behind comments.
# Version: cxf-rt-rs-sse 4.1.5, resteasy-client 7.0.1.Final, JDK 17.
# Source: https://jakarta.ee/specifications/restful-ws/3.1/apidocs/jakarta.ws.rs/jakarta/ws/rs/sse/sseeventsource;
#   org.apache.cxf.jaxrs.sse.client.SseEventSourceImpl: `lastEventId = event.getId()`
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

public class Try {
  /** What is asked for after event 7 and then this. */
  static String askedAfter(String last) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    CompletableFuture<String> asked = new CompletableFuture<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          if (requests.incrementAndGet() == 1) {
            String stream = "retry: 100\nid: 7\ndata: seven\n\n" + last;
            exchange.getResponseBody().write(stream.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
          } else {
            asked.complete(exchange.getRequestHeaders().getFirst("Last-Event-ID"));
          }
        });
    server.start();
    SseEventSource source =
        SseEventSource.target(
                ClientBuilder.newClient().target("http://127.0.0.1:" + server.getAddress().getPort()))
            .build();
    source.register(event -> {});
    source.open();
    return asked.get(20, TimeUnit.SECONDS);
  }

  public static void main(String[] arguments) throws Exception {
    System.out.println("event 7: " + askedAfter(""));
    System.out.println("event 7, data without an id: " + askedAfter("data: eight\n\n"));
    System.out.println("event 7, a comment: " + askedAfter(": heartbeat\n\n"));
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
resteasy=$(run org.jboss.resteasy:resteasy-client:7.0.1.Final)
cxf=$(run org.apache.cxf:cxf-rt-rs-sse:4.1.5 org.apache.cxf:cxf-rt-rs-client:4.1.5)
printf 'The next request asks for\n\nRESTEasy:\n%s\n\nCXF:\n%s\n\n' "$resteasy" "$cxf"
diff - <(echo "$resteasy") <<'SEEN'
event 7: 7
event 7, data without an id: 7
event 7, a comment: 7
SEEN
diff - <(echo "$cxf") <<'SEEN'
event 7: 7
event 7, data without an id: null
event 7, a comment: null
SEEN
echo "As described."

#!/usr/bin/env bash
# Quarkus' SseEventSource reconnects without Last-Event-ID, so that nothing that was missed is sent again.
#
# Expected: "In case of a connection loss, the last received SSE event id field value is sent in the Last-Event-ID HTTP request
#   header" (Jakarta REST 3.1, "Reconnect support" of SseEventSource). RESTEasy Classic, whose place it takes in Quarkus,
#   does.
# Happens: it connects again 500 ms after each end, as it should, but as a new client. A server that keeps what was missed for
#   it sends none of it; events are lost at each restart of the server or of a proxy, and nothing tells. It also calls
#   onComplete, "no further events", at each of these ends.
# Way out: keep the id by hand, and open a new source with it in a query parameter or a ClientRequestFilter in onComplete.
# Version: resteasy-reactive-client 3.37.4, resteasy-client 7.0.1.Final, JDK 17.
# Source: https://jakarta.ee/specifications/restful-ws/3.1/apidocs/jakarta.ws.rs/jakarta/ws/rs/sse/sseeventsource
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > Resume.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

public class Resume {
  /** Events 1 to 3. The first connection ends behind the first one, the others come while it is away. */
  public static void main(String[] arguments) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean first = requests.incrementAndGet() == 1;
          String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
          StringBuilder events = new StringBuilder();
          int from = first ? 1 : last == null ? 4 : Integer.parseInt(last) + 1; // new clients get what is new
          for (int event = from; event <= (first ? 1 : 3); event++) {
            events.append("id: ").append(event).append("\ndata: ").append(event).append("\n\n");
          }
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          exchange
              .getResponseBody()
              .write((events + (first ? "" : "data: now\n\n")).getBytes(StandardCharsets.US_ASCII));
          if (first) {
            exchange.close();
          } else {
            exchange.getResponseBody().flush();
          }
        });
    server.start();
    SseEventSource source =
        SseEventSource.target(
                ClientBuilder.newClient().target("http://127.0.0.1:" + server.getAddress().getPort()))
            .build();
    source.register(
        event -> {
          System.out.print(event.readData() + " ");
          if (event.readData().equals("now")) {
            end.countDown();
          }
        });
    source.open();
    end.await(20, TimeUnit.SECONDS);
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
  timeout 120 java -cp "$(cat class-path)" Resume.java 2>/dev/null
}
classic=$(run org.jboss.resteasy:resteasy-client:7.0.1.Final)
quarkus=$(run io.quarkus.resteasy.reactive:resteasy-reactive-client:3.37.4)
printf 'RESTEasy Classic: %s\nQuarkus: %s\n' "$classic" "$quarkus"
[ "$classic" = "1 2 3 now " ] || { echo "Changed: RESTEasy Classic"; exit 1; }
[ "$quarkus" = "1 now " ] || { echo "Changed: Quarkus resumes"; exit 1; }
echo "As described."

#!/usr/bin/env bash
# Micronaut 4's SseClient ends a stream with an error at the first heartbeat.
#
# Expected: a block without data, as a comment and a blank line, is nothing (HTML standard, 9.2.6); servers send one each 15 s
#   or so to keep a connection open, and the standard advises it (9.2.7).
# Happens: at the blank line the client makes an event of what it has, and data that are null fail it: "Cannot read the array
#   length because "array" is null". So does a `retry:` with a blank line, with which many streams begin, and an `id:`
#   alone. The stream is over then, and the client does not reconnect. Micronaut 5 makes an event with empty data of it.
# Way out for a server: no blank line behind a comment or `retry:`, or data with them.
# Version: micronaut-http-client 4.10.15, JDK 17.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes;
#   io.micronaut.http.client.netty.DefaultHttpClient.eventStreamOrError: `byteBufferFactory.wrap(currentEvent.data)`
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > Server.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

class Server {
  /** Answers each path with its stream. */
  static String start(String... streams) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    for (int i = 0; i < streams.length; i++) {
      byte[] body = streams[i].getBytes(StandardCharsets.US_ASCII);
      server.createContext(
          "/" + i,
          exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
    }
    server.start();
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }
}
JAVA
cat > Micronaut.java <<'JAVA'
import io.micronaut.http.HttpRequest;
import io.micronaut.http.client.sse.SseClient;
import java.net.URI;
import reactor.core.publisher.Flux;

public class Micronaut {
  public static void main(String[] arguments) throws Exception {
    String url =
        Server.start(
            "data: one\n\n: heartbeat\ndata: two\n\n",
            "data: one\n\n: heartbeat\n\ndata: two\n\n",
            "retry: 3000\n\ndata: one\n\n");
    SseClient client = SseClient.create(URI.create(url).toURL());
    for (int i = 0; i < 3; i++) {
      System.out.println(
          Flux.from(client.eventStream(HttpRequest.GET("/" + i), String.class))
              .map(event -> event.getData())
              .onErrorResume(error -> Flux.just("error"))
              .collectList()
              .block());
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
# run <program> <group:artifact:version>...: prints what the program hears
run() {
  local program=$1
  shift
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>'
    echo '<version>1</version><dependencies>'
    printf '%s\n' "$@" | sed -E 's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
    echo '</dependencies></project>'
  } > pom.xml
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
  rm -rf classes
  javac -d classes -cp "$(cat class-path)" Server.java "$program.java" >&2
  timeout 120 java -cp "classes:$(cat class-path)" "$program" 2>/dev/null
}
run Micronaut io.micronaut:micronaut-http-client:4.10.15 io.micronaut:micronaut-jackson-databind:4.10.15 \
  io.projectreactor:reactor-core:3.7.12 | tee seen
diff seen - <<'SEEN'
[one, two]
[one, error]
[error]
SEEN
echo "as described"

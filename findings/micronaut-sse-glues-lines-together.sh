#!/usr/bin/env bash
# Micronaut's SseClient puts the lines of an event's data together without a line feed, and fails at an empty one.
#
# Expected: between the lines of data there is a line feed (HTML standard, 9.2.6), and `data:` is an empty line. That is how a
#   text with line ends is sent, indented JSON too.
# Happens: "one" and "two" arrive as "onetwo": words run together, and a comment in a program takes the next line with it. At
#   `data:` with nothing behind it the client reads one byte too far, and the stream fails with "index: 5, length: 1";
#   `data: ` with a space is skipped.
# Way out: JSON on one line as the data.
# Version: micronaut-http-client 4.10.15, JDK 17; 5.2.23 with JDK 25 does the same.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation;
#   io.micronaut.http.client.netty.DefaultHttpClient.eventStreamOrError: `ArrayUtils.concat(d, content.toByteArray())`
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
            "data: one\ndata: two\n\n",
            "data: one\ndata: \ndata: two\n\n",
            "data: one\ndata:\ndata: two\n\n");
    SseClient client = SseClient.create(URI.create(url).toURL());
    for (int i = 0; i < 3; i++) {
      System.out.println(
          Flux.from(client.eventStream(HttpRequest.GET("/" + i), String.class))
              .map(event -> "\"" + event.getData().replace("\n", "\\n") + "\"")
              .onErrorResume(error -> Flux.just(error.getMessage()))
              .blockLast());
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
"onetwo"
"onetwo"
Error consuming Server Sent Events: index: 5, length: 1 (expected: range(0, 5))
SEEN
echo "as described"

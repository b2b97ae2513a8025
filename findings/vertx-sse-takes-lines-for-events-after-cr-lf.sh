#!/usr/bin/env bash
# Vert.x' web client makes an event of each line if the server ends its lines with CR LF.
#
# Expected: CR LF, LF and CR are equal as line ends (HTML standard, 9.2.5), and an event ends at an empty line. Some servers
#   write CR LF by default, as HTTP itself does.
# Happens: the codec takes CR and LF for a line end each, so behind every line there is an empty one, and an event ends there.
#   One event with a name, an id and two lines of data arrives as six: none of them has more than one of these, and
#   nothing says which belong together. There is no error.
# Way out for a server: LF alone; for a program: a parser of its own on BodyCodec.pipe.
# Version: vertx-web-client 5.0.7, JDK 17.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream;
#   io.vertx.ext.web.codec.impl.SseBodyCodec
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
      <groupId>io.vertx</groupId>
      <artifactId>vertx-web-client</artifactId>
      <version>5.0.7</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Lines.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.codec.BodyCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

public class Lines {
  public static void main(String[] arguments) throws Exception {
    String stream = "event: paid\nid: 7\ndata: 100\ndata: USD\n\n";
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean both = exchange.getRequestURI().getPath().equals("/crlf");
          byte[] body =
              (both ? stream.replace("\n", "\r\n") : stream).getBytes(StandardCharsets.US_ASCII);
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    WebClient client = WebClient.create(Vertx.vertx());
    for (String path : new String[] {"/lf", "/crlf"}) {
      System.out.println(path.substring(1) + ":");
      client
          .get(server.getAddress().getPort(), "127.0.0.1", path)
          .as(
              BodyCodec.sseStream(
                  events ->
                      events.handler(
                          event ->
                              System.out.printf(
                                  "event %s, id %s, data \"%s\"%n",
                                  event.event(), event.id(), event.data().replace("\n", "\\n")))))
          .send()
          .await(20, TimeUnit.SECONDS);
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
timeout 120 java -cp "$(cat class-path)" Lines.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
lf:
event paid, id 7, data "100\nUSD"
crlf:
event paid, id null, data ""
event message, id 7, data ""
event message, id null, data "100"
event message, id null, data "USD"
event message, id null, data ""
event message, id null, data ""
SEEN
echo "as described"

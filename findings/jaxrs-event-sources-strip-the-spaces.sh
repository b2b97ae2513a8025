#!/usr/bin/env bash
# The SseEventSource of Jersey, RESTEasy and CXF takes all spaces away that a line of data begins with.
#
# Expected: one space behind the colon belongs to the field, and all others to the text (HTML standard, 9.2.6: "If value
#   starts with a U+0020 SPACE character, remove it"), so that any text arrives as it was sent.
# Happens: all three skip every space. Indented text is flush left, the indented lines of YAML or of a program lose their
#   meaning, and words that are sent one by one, as " world", are glued together. The same server in a browser is right.
# Way out: JSON on one line as the data.
# Version: jersey-media-sse 3.1.12, resteasy-client 7.0.1.Final, cxf-rt-rs-sse 4.1.5, JDK 17.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation;
#   org.apache.cxf.jaxrs.sse.client.InboundSseEventProcessor.findFirstNonSpacePosition
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

public class Try {
  public static void main(String[] arguments) throws Exception {
    String stream = "data: stream:\ndata:   retry: 3\n\ndata: hello\n\ndata:  world\n\n";
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(stream.getBytes(StandardCharsets.US_ASCII));
          exchange.getResponseBody().flush(); // and it stays open
        });
    server.start();
    SseEventSource source =
        SseEventSource.target(
                ClientBuilder.newClient().target("http://127.0.0.1:" + server.getAddress().getPort()))
            .build();
    CountDownLatch three = new CountDownLatch(3);
    source.register(
        event -> {
          System.out.println("\"" + event.readData().replace("\n", "\\n") + "\"");
          three.countDown();
        });
    source.open();
    three.await(20, TimeUnit.SECONDS);
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
echo 'Sent: "stream:\n  retry: 3", "hello", " world"'
printf 'Jersey:\n%s\n\nRESTEasy:\n%s\n\nCXF:\n%s\n\n' "$jersey" "$resteasy" "$cxf"
stripped=$'"stream:\\nretry: 3"\n"hello"\n"world"'
for heard in "$jersey" "$resteasy" "$cxf"; do
  [ "$heard" = "$stripped" ] || { echo "Changed: the spaces are there"; exit 1; }
done
echo "As described."

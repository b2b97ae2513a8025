#!/usr/bin/env bash
# SseEventSource of Jersey and of RESTEasy ends for good if a server that restarts refuses one connection; CXF's goes on.
#
# Expected: an event source recovers from the loss of its connection by itself (Jakarta REST 3.1, "Reconnect support" of
#   SseEventSource), and a server that is away for a second is the usual loss. The same program does the same with each
#   implementation.
# Happens: while the server is away, the first attempt gets "connection refused". Jersey and RESTEasy call onError, and
#   never try again: the program hears no event more when the server is back. CXF calls onError too, tries on, and
#   resumes with Last-Event-ID. And isOpen() does not tell the two apart: it is still true in the onError of RESTEasy.
# Way out: close the source at each onError and onComplete, and open another one. For a server: a `retry:` that is longer
#   than its restart, or something in front that answers 503 meanwhile.
# Version: jersey-media-sse 3.1.12, resteasy-client 7.0.1.Final, cxf-rt-rs-sse 4.1.5, JDK 17.
# Source: https://jakarta.ee/specifications/restful-ws/3.1/apidocs/jakarta.ws.rs/jakarta/ws/rs/sse/sseeventsource
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > Restart.java <<'JAVA'
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

public class Restart {
  static final CountDownLatch BACK = new CountDownLatch(1);

  /** A server for one request: it sends one event, and ends. */
  static void serve(ServerSocket listening, int event) {
    Thread thread = new Thread(() -> answer(listening, event));
    thread.setDaemon(true);
    thread.start();
  }

  static void answer(ServerSocket listening, int event) {
    try (ServerSocket server = listening; Socket socket = server.accept()) {
      server.close();
      socket.getInputStream().read(new byte[8192]);
      String text = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
          + "retry: 500\ndata: event " + event + "\nid: " + event + "\n\n";
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      System.out.println(e);
    }
  }

  public static void main(String[] arguments) throws Exception {
    ServerSocket before = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    int port = before.getLocalPort();
    CountDownLatch refused = new CountDownLatch(1);
    SseEventSource source =
        SseEventSource.target(ClientBuilder.newClient().target("http://127.0.0.1:" + port)).build();
    source.register(
        event -> {
          System.out.println(event.readData());
          if (event.readData().equals("event 2")) {
            BACK.countDown();
          }
        },
        error -> refused.countDown());
    serve(before, 1);
    source.open();
    if (!refused.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no onError");
    }
    System.out.println("onError");
    serve(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()), 2);
    if (!BACK.await(10, TimeUnit.SECONDS)) {
      System.out.println("nothing more in 10 s");
    }
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
  java -cp "$(cat class-path)" Restart.java 2>/dev/null
}
jersey=$(run org.glassfish.jersey.media:jersey-media-sse:3.1.12 org.glassfish.jersey.core:jersey-client:3.1.12 \
  org.glassfish.jersey.inject:jersey-hk2:3.1.12)
resteasy=$(run org.jboss.resteasy:resteasy-client:7.0.1.Final)
cxf=$(run org.apache.cxf:cxf-rt-rs-sse:4.1.5 org.apache.cxf:cxf-rt-rs-client:4.1.5)
printf 'Jersey:\n%s\n\nRESTEasy:\n%s\n\nCXF:\n%s\n\n' "$jersey" "$resteasy" "$cxf"
over=$'event 1\nonError\nnothing more in 10 s'
[ "$jersey" = "$over" ] && [ "$resteasy" = "$over" ] || { echo "Changed: Jersey or RESTEasy comes back"; exit 1; }
[ "$cxf" = $'event 1\nonError\nevent 2' ] || { echo "Changed: CXF does not come back"; exit 1; }
echo "As described."

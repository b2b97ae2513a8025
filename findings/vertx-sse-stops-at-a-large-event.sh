#!/usr/bin/env bash
# Vert.x' web client never delivers a server-sent event above about 4 KB, nor any event behind it, and reports no error.
#
# Expected: events have no greatest size (HTML standard, 9.2.5). A client that has one says so: it fails the stream.
# Happens: the codec collects what it reads until a blank line. From 4,096 bytes on it says that its queue is full, so the
#   response is paused; it says that there is room again below 1,024 bytes. But it is not slow, it waits for the rest of
#   the event, and that is never read. The request does not end either: neither handler is called, whatever the server
#   sends, and heartbeats do not help. Only an event that arrives in a few reads gets through, so it depends on the
#   network which ones do.
# Way out: events below 4 KB, or a parser of one's own on BodyCodec.pipe.
# Version: vertx-web-client 5.0.7, JDK 17.
# Source: io.vertx.ext.web.codec.impl.SseBodyCodec.SseBodyStream, HIGH_WATERMARK, LOW_WATERMARK, writeQueueFull() and check();
#   https://github.com/vert-x3/vertx-web/pull/2794
#
# Ends with 0 if it is as described.
set -euo pipefail
version=5.0.7
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > pom.xml <<XML
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.vertx</groupId>
      <artifactId>vertx-web-client</artifactId>
      <version>$version</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path
cat > Large.java <<'JAVA'
import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.codec.BodyCodec;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

public class Large {
  /** One event of this many bytes between two small ones; then a heartbeat each 100 ms. */
  static void serve(ServerSocket server, int size) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read(new byte[8192]);
      OutputStream out = socket.getOutputStream();
      write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
      write(out, "event: before\ndata: 1\n\nevent: large\ndata: ");
      for (int sent = 0; sent < size; sent += 1000) {
        write(out, "x".repeat(1000));
        Thread.sleep(20); // one read for each
      }
      write(out, "\n\nevent: after\ndata: 3\n\n");
      while (true) {
        write(out, "event: heartbeat\ndata: 4\n\n");
        Thread.sleep(100);
      }
    } catch (Exception clientHasGone) {
      // the end of this one
    }
  }

  static void write(OutputStream out, String text) throws Exception {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  public static void main(String[] arguments) throws Exception {
    int size = Integer.parseInt(arguments[0]);
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread serving = new Thread(() -> serve(server, size));
    serving.setDaemon(true);
    serving.start();
    Vertx vertx = Vertx.vertx();
    CountDownLatch heartbeat = new CountDownLatch(1);
    WebClient.create(vertx)
        .get(server.getLocalPort(), "127.0.0.1", "/")
        .as(
            BodyCodec.sseStream(
                events -> {
                  events.handler(
                      event -> {
                        if (heartbeat.getCount() == 1) {
                          System.out.println(event.event() + ", " + event.data().length());
                        }
                        if (event.event().equals("heartbeat")) {
                          heartbeat.countDown();
                        }
                      });
                  events.exceptionHandler(error -> System.out.println("error " + error));
                  events.endHandler(end -> System.out.println("end"));
                }))
        .send()
        .onComplete(end -> System.out.println("request: " + end));
    if (!heartbeat.await(10, TimeUnit.SECONDS)) {
      System.out.println("nothing more in 10 s");
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
small=$(java -cp "$(cat class-path)" Large.java 3000)
large=$(java -cp "$(cat class-path)" Large.java 20000)
printf 'An event of 3,000 bytes:\n%s\n\nOf 20,000 bytes:\n%s\n\n' "$small" "$large"
[ "$small" = $'before, 1\nlarge, 3000\nafter, 1\nheartbeat, 1' ] || { echo "Changed: small events do not arrive either"; exit 1; }
[ "$large" = $'before, 1\nnothing more in 10 s' ] || { echo "Changed: the large event arrives, or there is an error"; exit 1; }
echo "As described."

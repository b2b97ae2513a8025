#!/usr/bin/env bash
# Jersey, Spring WebFlux and parse-sse deliver an event that was cut off as if it were whole.
#
# Expected: what was read since the last empty line is dropped when the connection ends (HTML standard, 9.2.6: "Once the end
#   of the file is reached, any pending data must be discarded"), because nobody knows whether it was all.
# Happens: they treat the end as an empty line. A server or a proxy that goes in the middle of an event, with an answer that
#   ends with its connection, makes "pay 1" of "pay 100": shorter, with its id, and without an error. Jersey then
#   resumes behind it (`Last-Event-ID: 2`), so that the whole event never comes. JSON at least does not parse. RESTEasy
#   and CXF drop it.
# Way out for a server: `id:` as the last line, so that the client at least asks for the event again, or data that
#   tell their end; for a program with Spring: an id that it waits for.
# Version: jersey-media-sse 3.1.12, resteasy-client 7.0.1.Final, spring-webflux 7.0.10 with reactor-netty-http 1.3.7, JDK 17;
#   parse-sse 0.1.0, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts parse-sse@0.1.0
cat > Server.java <<'JAVA'
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** The first answer ends with its connection, in the middle of event 2. */
class Server {
  static final CompletableFuture<String> RESUMED = new CompletableFuture<>();

  static String start() throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> answer(server));
    thread.setDaemon(true);
    thread.start();
    return "http://127.0.0.1:" + server.getLocalPort() + "/";
  }

  static void answer(ServerSocket server) {
    try {
      try (Socket socket = server.accept()) {
        read(socket);
        String text = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            + "id: 1\ndata: pay 300\n\nid: 2\ndata: pay 1"; // of 100
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      }
      String asked = read(server.accept());
      RESUMED.complete(
          asked.lines().filter(line -> line.startsWith("Last-Event-ID")).findFirst().orElse("anew"));
    } catch (IOException e) {
      System.out.println(e);
    }
  }

  static String read(Socket socket) throws IOException {
    byte[] request = new byte[8192];
    return new String(request, 0, socket.getInputStream().read(request), StandardCharsets.US_ASCII);
  }
}
JAVA
cat > JaxRs.java <<'JAVA'
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;
import java.util.concurrent.TimeUnit;

public class JaxRs {
  public static void main(String[] arguments) throws Exception {
    SseEventSource source =
        SseEventSource.target(ClientBuilder.newClient().target(Server.start())).build();
    source.register(event -> System.out.println(event.readData()));
    source.open();
    System.out.println(Server.RESUMED.get(20, TimeUnit.SECONDS));
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
cat > Spring.java <<'JAVA'
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;

public class Spring {
  public static void main(String[] arguments) throws Exception {
    WebClient.create()
        .get()
        .uri(Server.start())
        .retrieve()
        .bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
        .doOnNext(event -> System.out.println(event.data()))
        .doOnComplete(() -> System.out.println("complete"))
        .blockLast();
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
cat > parse.mjs <<'JS'
import { createServer } from 'node:http';
import { parseServerSentEvents } from 'parse-sse';

const server = createServer((request, response) => {
  response.useChunkedEncodingByDefault = false; // ends with its connection
  response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
  response.end('id: 1\ndata: pay 300\n\nid: 2\ndata: pay 1');
});
server.listen(0, '127.0.0.1', async () => {
  for await (const event of parseServerSentEvents(await fetch(`http://127.0.0.1:${server.address().port}/`))) console.log(event.data);
  console.log('end');
  server.close();
});
JS
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
jersey=$(run JaxRs org.glassfish.jersey.media:jersey-media-sse:3.1.12 org.glassfish.jersey.core:jersey-client:3.1.12 \
  org.glassfish.jersey.inject:jersey-hk2:3.1.12)
resteasy=$(run JaxRs org.jboss.resteasy:resteasy-client:7.0.1.Final)
spring=$(run Spring org.springframework:spring-webflux:7.0.10 org.springframework:spring-context:7.0.10 \
  io.projectreactor.netty:reactor-netty-http:1.3.7)
parse=$(node --no-warnings parse.mjs)
printf 'RESTEasy:\n%s\n\nJersey:\n%s\n\nSpring:\n%s\n\nparse-sse:\n%s\n\n' "$resteasy" "$jersey" "$spring" "$parse"
[ "$resteasy" = $'pay 300\nLast-Event-ID: 1' ] || { echo "Changed: RESTEasy"; exit 1; }
[ "$jersey" = $'pay 300\npay 1\nLast-Event-ID: 2' ] || { echo "Changed: Jersey"; exit 1; }
[ "$spring" = $'pay 300\npay 1\ncomplete' ] || { echo "Changed: Spring"; exit 1; }
[ "$parse" = $'pay 300\npay 1\nend' ] || { echo "Changed: parse-sse"; exit 1; }
echo "As described."

#!/usr/bin/env bash
# Spring WebFlux, Micronaut and Vert.x end a stream with an error at a `retry:` that is no whole number.
#
# Expected: "If the field value consists of only ASCII digits [...] Otherwise, ignore the field" (HTML standard, 9.2.6). So a
#   server that works out its delay, with some chance so that not all come back at once, and sends `retry: 2500.5`, is
#   right for every browser, which keeps its own delay.
# Happens: the three parse the number, do not catch the exception, and fail the whole stream, with all events behind the
#   field. The first field of most streams is `retry:`, so nothing arrives at all, at every attempt; and none of them
#   reconnects by itself, so they have no use for it.
# Way out for a server: round it.
# Version: spring-webflux 7.0.10 with reactor-netty-http 1.3.7, micronaut-http-client 4.10.15, vertx-web-client 5.0.7,
#   okhttp-sse 5.5.1, JDK 17.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation;
#   org.springframework.http.codec.ServerSentEventHttpMessageReader.buildEvent, Micronaut's DefaultHttpClient.eventStreamOrError
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
cat > Spring.java <<'JAVA'
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;

public class Spring {
  public static void main(String[] arguments) throws Exception {
    String stream = "retry: 2500.5\ndata: one\n\ndata: two\n\n";
    WebClient.create()
        .get()
        .uri(Server.start(stream) + "0")
        .retrieve()
        .bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
        .subscribe(
            event -> System.out.println(event.data()),
            error -> end("error"),
            () -> end("complete"));
    Thread.sleep(20_000);
  }

  static void end(String how) {
    System.out.println(how);
    System.out.flush();
    Runtime.getRuntime().halt(0);
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
    String stream = "retry: 2500.5\ndata: one\n\ndata: two\n\n";
    String url = Server.start(stream) + "0";
    SseClient client = SseClient.create(URI.create(url).toURL());
    Flux.from(client.eventStream(HttpRequest.GET(url), String.class))
        .subscribe(
            event -> System.out.println(event.getData()),
            error -> end("error"),
            () -> end("complete"));
    Thread.sleep(20_000);
  }

  static void end(String how) {
    System.out.println(how);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
cat > Vertx.java <<'JAVA'
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.codec.BodyCodec;

public class Vertx {
  public static void main(String[] arguments) throws Exception {
    String stream = "retry: 2500.5\ndata: one\n\ndata: two\n\n";
    WebClient.create(io.vertx.core.Vertx.vertx())
        .getAbs(Server.start(stream) + "0")
        .as(
            BodyCodec.sseStream(
                events -> {
                  events.handler(event -> System.out.println(event.data()));
                  events.exceptionHandler(error -> end("error"));
                  events.endHandler(end -> end("complete"));
                }))
        .send();
    Thread.sleep(20_000);
  }

  static void end(String how) {
    System.out.println(how);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
cat > OkHttp.java <<'JAVA'
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

public class OkHttp extends EventSourceListener {
  public static void main(String[] arguments) throws Exception {
    String stream = "retry: 2500.5\ndata: one\n\ndata: two\n\n";
    Request request = new Request.Builder().url(Server.start(stream) + "0").build();
    EventSources.createFactory(new OkHttpClient()).newEventSource(request, new OkHttp());
    Thread.sleep(20_000);
  }

  @Override
  public void onEvent(EventSource source, String id, String type, String data) {
    System.out.println(data);
  }

  @Override
  public void onClosed(EventSource source) {
    end("complete");
  }

  @Override
  public void onFailure(EventSource source, Throwable error, Response response) {
    end("error");
  }

  static void end(String how) {
    System.out.println(how);
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
spring=$(run Spring org.springframework:spring-webflux:7.0.10 org.springframework:spring-context:7.0.10 \
  io.projectreactor.netty:reactor-netty-http:1.3.7)
micronaut=$(run Micronaut io.micronaut:micronaut-http-client:4.10.15 io.micronaut:micronaut-jackson-databind:4.10.15 \
  io.projectreactor:reactor-core:3.7.12)
vertx=$(run Vertx io.vertx:vertx-web-client:5.0.7)
okhttp=$(run OkHttp com.squareup.okhttp3:okhttp-sse:5.5.1)
printf 'okhttp-sse:\n%s\n\nSpring:\n%s\n\nMicronaut:\n%s\n\nVert.x:\n%s\n\n' "$okhttp" "$spring" "$micronaut" "$vertx"
[ "$okhttp" = $'one\ntwo\ncomplete' ] || { echo "Changed: okhttp-sse"; exit 1; }
for heard in "$spring" "$micronaut" "$vertx"; do
  [ "$heard" = "error" ] || { echo "Changed: one of the others"; exit 1; }
done
echo "As described."

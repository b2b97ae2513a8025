#!/usr/bin/env bash
# Streams of Stellar's Java SDK do nothing at all, without an error, if another library brings OkHttp 5.
#
# Expected: the SDK asks for OkHttp 4.12. If a build has OkHttp 5, whose public API is the same and which Maven takes as soon as it
#   is nearer, then requests work, or a call fails with an error that names the method.
# Happens: requests work. stream() uses a class of OkHttp's insides, okhttp3.internal.sse.RealEventSource, whose method connect()
#   has other parameters in OkHttp 5. The NoSuchMethodError is thrown in the SDK's own thread, and an ExecutorService
#   keeps it in a Future that nobody reads: there is no request, no event, no onFailure and not a line in the log. The program
#   waits for payments that it will not hear of.
# Way out: both of com.squareup.okhttp3:okhttp and okhttp-sse at 4.12.0 by dependencyManagement; a check that a stream
#   has asked its server.
# Version: network.lightsail:stellar-sdk 0.44.0 with OkHttp 4.12.0 and 5.5.1, JDK 17.
# Source: org.stellar.sdk.requests.SSEStream, start(): `executorService.submit`, doStreamRequest(): `eventSource.connect(okHttpClient)`
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > Payments.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.stellar.sdk.Server;
import org.stellar.sdk.requests.EventListener;
import org.stellar.sdk.responses.operations.OperationResponse;

public class Payments {
  static final String PAYMENT =
      "{\"id\":\"7\",\"paging_token\":\"7\",\"type\":\"payment\",\"type_i\":1,\"amount\":\"5.0\",\"asset_type\":\"native\"}";

  public static void main(String[] arguments) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer horizon =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    horizon.createContext(
        "/",
        exchange -> {
          boolean stream =
              "text/event-stream".equals(exchange.getRequestHeaders().getFirst("Accept"));
          String answer =
              stream
                  ? "id: 7\ndata: " + PAYMENT + "\n\n"
                  : "{\"_embedded\":{\"records\":[" + PAYMENT + "]}}";
          exchange
              .getResponseHeaders()
              .set("Content-Type", stream ? "text/event-stream" : "application/json");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(answer.getBytes(StandardCharsets.US_ASCII));
          if (stream) {
            asked.incrementAndGet();
            exchange.getResponseBody().flush(); // and it stays open
          } else {
            exchange.close();
          }
        });
    horizon.start();
    Server server = new Server("http://127.0.0.1:" + horizon.getAddress().getPort());
    System.out.println("request: " + server.payments().execute().getRecords().size() + " payment");
    server
        .payments()
        .stream(
            new EventListener<OperationResponse>() {
              @Override
              public void onEvent(OperationResponse payment) {
                System.out.println("stream: payment " + payment.getId());
              }

              @Override
              public void onFailure(Optional<Throwable> error, Optional<Integer> status) {
                System.out.println("stream: failure");
              }
            });
    Thread.sleep(5000);
    System.out.println("stream: the server was asked " + asked + " times");
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
  timeout 120 java -cp "$(cat class-path)" Payments.java 2>&1
}
{
  echo 'OkHttp 4.12.0'
  run network.lightsail:stellar-sdk:0.44.0
  echo 'OkHttp 5.5.1'
  run network.lightsail:stellar-sdk:0.44.0 com.squareup.okhttp3:okhttp:5.5.1 com.squareup.okhttp3:okhttp-sse:5.5.1
} | tee seen
diff seen - <<'SEEN'
OkHttp 4.12.0
request: 1 payment
stream: payment 7
stream: the server was asked 1 times
OkHttp 5.5.1
request: 1 payment
stream: the server was asked 0 times
SEEN
echo "as described"

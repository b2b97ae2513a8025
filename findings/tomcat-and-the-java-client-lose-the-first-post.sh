#!/usr/bin/env bash
# With h2c on, Tomcat answers Java's HttpClient 413 for a first POST above 4 KB, or, if told to save none, takes it without its body.
#
# Expected: whether a server offers HTTP/2 changes nothing for a client: a POST of 5,000 bytes is taken, as it is without h2c
#   and as the second one is.
# Happens: Java's client asks for an upgrade to h2c with the first request of each connection, a POST, too. Tomcat takes the
#   upgrade before anybody has read the body, so it has to keep it, and keeps maxSavePostSize bytes, 4,096 by default, a
#   setting that one looks up for log-ins by form. A larger body is 413, which looks like a limit of the application;
#   after a GET on the same connection it is taken. With maxSavePostSize="0", which saves nothing, the application gets
#   the headers, Content-Length too, and an empty body, and answers 200. Tomcat 11.0.29 does the same.
# Way out: `.version(HttpClient.Version.HTTP_1_1)`, or a maxSavePostSize as large as the largest body.
# Version: tomcat-embed-core 10.1.59, JDK 17.
# Source: https://tomcat.apache.org/tomcat-10.1-doc/config/http.html, maxSavePostSize; RFC 7540, 3.2
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
for jar in org.apache.tomcat.embed:tomcat-embed-core:10.1.59 org.apache.tomcat:tomcat-annotations-api:10.1.59; do
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy -Dartifact=$jar -DoutputDirectory=lib >&2
done
cat > FirstPost.java <<'JAVA'
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.logging.LogManager;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;

public class FirstPost {
  public static void main(String[] arguments) throws Exception {
    LogManager.getLogManager().reset();
    posts(start(4096, false), "without h2c");
    posts(start(4096, true), "with h2c");
    posts(start(0, true), "with h2c, maxSavePostSize 0");
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  static URI start(int maxSavePostSize, boolean h2c) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("base");
    tomcat.setPort(0);
    tomcat.getConnector().setMaxSavePostSize(maxSavePostSize);
    if (h2c) {
      tomcat.getConnector().addUpgradeProtocol(new Http2Protocol());
    }
    var context = tomcat.addContext("", null);
    tomcat.addServlet(
        "",
        "count",
        new HttpServlet() {
          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            int read = request.getInputStream().readAllBytes().length;
            response.getWriter().printf(", %d of %d bytes", read, request.getContentLength());
          }
        });
    context.addServletMappingDecoded("/", "count");
    tomcat.start();
    return URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/");
  }

  static void posts(URI uri, String how) throws Exception {
    HttpRequest get = HttpRequest.newBuilder(uri).build();
    HttpRequest post =
        HttpRequest.newBuilder(uri)
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5000]))
            .build();
    System.out.println(how + ": first " + answer(HttpClient.newHttpClient(), post));
    HttpClient used = HttpClient.newHttpClient();
    answer(used, get);
    System.out.println(how + ": after a GET " + answer(used, post));
  }

  static String answer(HttpClient client, HttpRequest request) throws Exception {
    var answer = client.send(request, BodyHandlers.ofString());
    return answer.statusCode() + (answer.statusCode() == 200 ? answer.body() : "");
  }
}
JAVA
timeout 120 java -cp 'lib/*' FirstPost.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
without h2c: first 200, 5000 of 5000 bytes
without h2c: after a GET 200, 5000 of 5000 bytes
with h2c: first 413
with h2c: after a GET 200, 5000 of 5000 bytes
with h2c, maxSavePostSize 0: first 200, 0 of 5000 bytes
with h2c, maxSavePostSize 0: after a GET 200, 5000 of 5000 bytes
SEEN
echo "as described"

#!/usr/bin/env bash
# Jersey ends an answer whose writing fails in the middle as if it were complete.
#
# Expected: an answer that cannot be finished is broken off, so that the client knows: without the last chunk (RFC 9112, 8: "a
#   message body that uses the chunked transfer coding is incomplete if the zero-sized chunk [...] has not been
#   received"). A servlet that throws behind the first bytes has that for nothing: Tomcat cuts the connection.
# Happens: if a StreamingOutput throws, whatever it throws, Jersey logs it, closes the stream and returns to the container as
#   after a success, so that the last chunk is sent. Status 200, a body that ends in order: the client of an export takes
#   what it has for all there is, and so does each cache.
# Way out: a filter in front of Jersey that throws at the end of such a request, which the StreamingOutput has marked, or a
#   last line in the format itself that says how many there are.
# Version: jersey-container-servlet 3.1.12, Tomcat 10.1.59, JDK 17.
# Source: https://www.rfc-editor.org/rfc/rfc9112#section-8; org.glassfish.jersey.server.ServerRuntime.Responder.process
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
      <groupId>org.apache.tomcat.embed</groupId>
      <artifactId>tomcat-embed-core</artifactId>
      <version>10.1.59</version>
    </dependency>
    <dependency>
      <groupId>org.glassfish.jersey.containers</groupId>
      <artifactId>jersey-container-servlet</artifactId>
      <version>3.1.12</version>
    </dependency>
    <dependency>
      <groupId>org.glassfish.jersey.inject</groupId>
      <artifactId>jersey-hk2</artifactId>
      <version>3.1.12</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Export.java <<'JAVA'
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;
import org.apache.catalina.startup.Tomcat;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

public class Export {
  /** 20,000 of 50,000 lines. */
  static void write(OutputStream out) throws IOException {
    for (int line = 1; line <= 20_000; line++) {
      out.write(("line " + line + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    throw new IOException("the database has gone");
  }

  @Path("/")
  public static class Exports {
    @GET
    public StreamingOutput export() {
      return Export::write;
    }
  }

  public static void main(String[] arguments) throws Exception {
    LogManager.getLogManager().reset(); // it is logged, by both
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("base");
    tomcat.setPort(0);
    var context = tomcat.addContext("", null);
    tomcat.addServlet(
        "",
        "servlet",
        new HttpServlet() {
          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            write(response.getOutputStream());
          }
        });
    tomcat.addServlet("", "jersey", new ServletContainer(new ResourceConfig(Exports.class)));
    context.addServletMappingDecoded("/servlet", "servlet");
    context.addServletMappingDecoded("/jersey/*", "jersey");
    tomcat.start();
    for (String path : new String[] {"/servlet", "/jersey/"}) {
      URI uri = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + path);
      try {
        var answer =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        System.out.printf(
            "%s: %d, whole, %,d lines%n", path, answer.statusCode(), answer.body().lines().count());
      } catch (IOException e) {
        System.out.println(path + ": broken off");
      }
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
timeout 120 java -cp "$(cat class-path)" Export.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
/servlet: broken off
/jersey/: 200, whole, 20,000 lines
SEEN
echo "as described"

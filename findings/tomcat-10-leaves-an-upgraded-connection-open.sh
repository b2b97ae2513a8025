#!/usr/bin/env bash
# On Tomcat 10.1 WebConnection.close() of another thread does not close the connection of an upgraded request; the client waits on.
#
# Expected: close() ends the connection, as of any AutoCloseable, whoever calls it: who has upgraded a request sends by
#   timers and threads of its own (Servlet 6, 2.3.3.5), and ends clients by them.
# Happens: close() returns without an error, but only the stream is marked. The socket stays open until the client says something
#   or leaves; HttpUpgradeHandler.destroy() is not called meanwhile. A client that only listens, as that of an event stream does,
#   hears no end and never comes back, and its socket counts against maxConnections. In init(), so on the container's own thread, the
#   same call closes it. 11.0.24 and 11.0.27 are as 10.1, 11.0.29 closes it at once.
# Way out: close on a thread of the container, as an InternalHttpUpgradeHandler with SocketWrapperBase.processSocket(STOP, true).
# Version: tomcat-embed-core 10.1.59, beside 11.0.29; JDK 17.
# Source: https://jakarta.ee/specifications/servlet/6.0/jakarta-servlet-spec-6.0#upgrade-processing; what happens was seen by running it
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > Upgrade.java <<'JAVA'
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

public class Upgrade {
  static volatile boolean onThreadOfItsOwn;
  static volatile CountDownLatch read;

  public static class Handler implements HttpUpgradeHandler {
    @Override
    public void init(WebConnection connection) {
      if (!onThreadOfItsOwn) {
        close(connection);
        return;
      }
      new Thread(
              () -> {
                try {
                  read.await(); // so init has long returned
                  Thread.sleep(500);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                close(connection);
              })
          .start();
    }

    private static void close(WebConnection connection) {
      try {
        connection.close();
      } catch (Exception e) {
        throw new UncheckedIOException(new IOException(e));
      }
    }

    @Override
    public void destroy() {}
  }

  public static void main(String[] arguments) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("base");
    tomcat.setPort(0);
    tomcat.getConnector();
    Context context = tomcat.addContext("", System.getProperty("user.dir"));
    Tomcat.addServlet(
        context,
        "upgrade",
        new HttpServlet() {
          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException, ServletException {
            response.setStatus(101);
            response.setHeader("Upgrade", "lines");
            response.setHeader("Connection", "Upgrade");
            request.upgrade(Handler.class);
          }
        });
    context.addServletMappingDecoded("/*", "upgrade");
    tomcat.start();
    for (boolean own : new boolean[] {false, true}) {
      onThreadOfItsOwn = own;
      read = new CountDownLatch(1);
      try (Socket socket = new Socket("127.0.0.1", tomcat.getConnector().getLocalPort())) {
        socket.setSoTimeout(8000);
        socket
            .getOutputStream()
            .write(
                "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: lines\r\nConnection: Upgrade\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        String result = "closed";
        try {
          while (in.read() >= 0) {
            read.countDown();
          }
        } catch (SocketTimeoutException open) {
          result = "still open after 8 s";
        }
        System.out.println("  close() on " + (own ? "a thread of its own: " : "the container's thread: ") + result);
      }
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
for version in 10.1.59 11.0.29; do
  printf '%s\n' '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>' \
    '<version>1</version><dependencies><dependency><groupId>org.apache.tomcat.embed</groupId>' \
    "<artifactId>tomcat-embed-core</artifactId><version>$version</version></dependency></dependencies></project>" > pom.xml
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
  echo "Tomcat $version"
  java -cp "$(cat class-path)" Upgrade.java 2> "log-$version"
done | tee seen
diff seen - <<'SEEN'
Tomcat 10.1.59
  close() on the container's thread: closed
  close() on a thread of its own: still open after 8 s
Tomcat 11.0.29
  close() on the container's thread: closed
  close() on a thread of its own: closed
SEEN
echo "as described"

#!/usr/bin/env bash
# Tomcat can lose the answer to an asynchronous request whatever its time-out is, even "never".
#
# Expected: a request that was suspended with startAsync(), answered and completed by another thread is answered. The
#   look for overdue requests, which Tomcat takes once a second, changes nothing about one that is not overdue.
# Happens: that look goes through the processors of all suspended requests. One that is answered meanwhile serves other
#   requests. If the thread that looks is kept from the processor for that long (it lost its core: about once in some
#   millions of requests on a busy machine), it takes a request that is not suspended yet for overdue: with a time-out
#   because it has no beginning, with none because it has no context. The event made of that is found to be stale once
#   the request is suspended, and the handler returns without giving the processor back to the connection. The answer
#   is then written to a processor that nobody serves, and the connection is closed after connectionTimeout.
# The program below stands for the scheduler: it takes the second look late, by the method that Tomcat's thread calls.
# Way out: a time-out so long that it reaches from 1970 beyond today, in milliseconds.
# Version: Tomcat 10.1.59, JDK 17.
# Source: org.apache.coyote.AbstractProtocol.ConnectionHandler.process, where it says "This is effectively a NO-OP", and
#   AbstractProcessor.timeoutAsync; https://github.com/apache/tomcat/blob/10.1.59/java/org/apache/coyote/AbstractProtocol.java
#
# Ends with 0 if it is as described.
set -euo pipefail
version=10.1.59
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact="org.apache.tomcat.embed:tomcat-embed-core:$version" -DoutputDirectory="$here/lib"
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact="org.apache.tomcat:tomcat-annotations-api:$version" -DoutputDirectory="$here/lib"
cat > LateLook.java <<'JAVA'
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;

public class LateLook {
  /** Tomcat's own protocol, which tells whose request is suspended. */
  public static class Watched extends Http11NioProtocol {
    final AtomicReference<Processor> suspended = new AtomicReference<>();

    @Override
    public void addWaitingProcessor(Processor processor) {
      super.addWaitingProcessor(processor);
      suspended.set(processor);
    }
  }

  static final BlockingQueue<AsyncContext> SUSPENDED = new LinkedBlockingQueue<>();
  static CountDownLatch goesOn;

  static String run(long timeout) throws Exception {
    SUSPENDED.clear();
    goesOn = new CountDownLatch(1);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("base");
    Watched protocol = new Watched();
    Connector connector = new Connector(protocol);
    connector.setPort(0);
    connector.setProperty("connectionTimeout", "3000");
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(
            context,
            "suspends",
            new HttpServlet() {
              @Override
              protected void doGet(HttpServletRequest request, HttpServletResponse response)
                  throws IOException {
                if (request.getRequestURI().equals("/second")) {
                  await(goesOn);
                }
                AsyncContext async = request.startAsync();
                async.setTimeout(timeout);
                SUSPENDED.add(async);
              }
            })
        .setAsyncSupported(true);
    context.addServletMappingDecoded("/*", "suspends");
    tomcat.start();
    int port = connector.getLocalPort();
    try (Socket first = ask(port, "/first")) {
      AsyncContext one = SUSPENDED.take();
      while (protocol.suspended.get() == null) {
        Thread.onSpinWait();
      }
      Processor processor = protocol.suspended.getAndSet(null);
      answer(one);
      first.getInputStream().read();
      while (!processor.getRequest().requestURI().isNull()) {
        Thread.onSpinWait();
      }
      try (Socket second = ask(port, "/second")) {
        while (!"/second".equals(processor.getRequest().requestURI().toString())) {
          Thread.onSpinWait();
        }
        processor.timeoutAsync(System.currentTimeMillis()); // the late look
        Thread.sleep(500); // its event waits for this connection now
        goesOn.countDown();
        AsyncContext two = SUSPENDED.take();
        while (protocol.suspended.get() == null) {
          Thread.onSpinWait();
        }
        answer(two);
        byte[] head = new byte[15];
        int read = second.getInputStream().readNBytes(head, 0, head.length);
        return read == 0 ? "no answer, connection closed" : new String(head, 0, read);
      } catch (SocketTimeoutException e) {
        return "no answer";
      }
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  static Socket ask(int port, String path) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes());
    return socket;
  }

  static void answer(AsyncContext async) throws IOException {
    async.getResponse().setContentLength(2);
    async.getResponse().getOutputStream().print("ok");
    async.complete();
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void main(String[] arguments) throws Exception {
    String never = run(-1);
    String halfAMinute = run(30_000);
    String aHundredYears = run(100L * 365 * 86_400_000);
    System.out.println("time-out of -1 (never):   " + never);
    System.out.println("time-out of 30 s:         " + halfAMinute);
    System.out.println("time-out of 100 years:    " + aHundredYears);
    boolean asDescribed =
        never.startsWith("no answer")
            && halfAMinute.startsWith("no answer")
            && aHundredYears.startsWith("HTTP/1.1 200");
    System.exit(asDescribed ? 0 : 1);
  }
}
JAVA
javac -cp 'lib/*' LateLook.java
java -Djava.util.logging.config.file=/dev/null -cp 'lib/*:.' LateLook

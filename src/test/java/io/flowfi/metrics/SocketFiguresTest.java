package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a real Tomcat in this process. */
@Timeout(60)
class SocketFiguresTest {
  private static final String SOCKETS = "flowfi_sockets";
  private static final String SOCKETS_LIMIT = "flowfi_sockets_limit";
  private static final String BUSY = "flowfi_http_threads_busy";
  private static final String THREADS_LIMIT = "flowfi_http_threads_limit";

  @TempDir private Path base;
  private Tomcat tomcat;
  private Connector connector;
  private final CountDownLatch answer = new CountDownLatch(1);

  /** Keeps a thread until the test has seen it. */
  private final class Busy extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      try {
        answer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Map<String, Double> read() {
    return PrometheusText.values(SocketFigures::new);
  }

  /** The JVM may have connectors of other tests: what this one adds counts. */
  @Test
  void shouldShowSocketsAndThreadsAgainstTheirLimits() throws Exception {
    Map<String, Double> before = read();
    start(77);
    assertThat(added(before, read(), SOCKETS)).isZero();
    try (Socket idle = connect(connector);
        Socket asking = connect(connector)) {
      asking
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      await()
          .untilAsserted(
              () -> {
                Map<String, Double> now = read();
                assertThat(added(before, now, SOCKETS)).isEqualTo(2);
                assertThat(added(before, now, BUSY)).isEqualTo(1);
                assertThat(added(before, now, SOCKETS_LIMIT)).isEqualTo(77);
                assertThat(added(before, now, THREADS_LIMIT)).isEqualTo(11);
              });
      assertThat(idle.isConnected()).isTrue();
    } finally {
      answer.countDown();
      stop();
    }
    assertThat(read().get(SOCKETS_LIMIT))
        .as("without this connector")
        .isEqualTo(before.get(SOCKETS_LIMIT));
  }

  @Test
  void shouldShowAllSocketsOfAConnectorThatIsFull() throws Exception {
    Map<String, Double> before = read();
    start(2);
    try (Socket first = connect(connector);
        Socket last = connect(connector)) {
      await().untilAsserted(() -> assertThat(added(before, read(), SOCKETS)).isEqualTo(2));
      assertThat(first.isConnected() && last.isConnected()).isTrue();
    } finally {
      stop();
    }
  }

  private void start(int maxConnections) throws Exception {
    tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("maxConnections", Integer.toString(maxConnections));
    connector.setProperty("maxThreads", "11");
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.toString());
    Tomcat.addServlet(context, "busy", new Busy());
    context.addServletMappingDecoded("/", "busy");
    tomcat.start();
  }

  private void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  private static Socket connect(Connector connector) throws Exception {
    return new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
  }

  private static double added(Map<String, Double> before, Map<String, Double> now, String name) {
    return now.get(name) - before.getOrDefault(name, 0.0);
  }
}

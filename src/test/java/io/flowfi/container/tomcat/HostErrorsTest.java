package io.flowfi.container.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.container.Container;
import io.flowfi.container.Containers;
import io.flowfi.sse.RawClient;
import io.flowfi.web.edge.RawProblem;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import javax.management.ObjectName;
import org.apache.catalina.Context;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.JsonErrorReportValve;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two applications in one host, on a real Tomcat: one that answers its errors itself, and one that
 * does not.
 */
@Timeout(60)
class HostErrorsTest {
  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();
  @TempDir private Path base;
  private StandardHost host;
  private Context ours;
  private List<Valve> before;

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(base.toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("maxThreads", "2");
    connector.setProperty("maxHttpRequestHeaderSize", "2048");
    tomcat.setConnector(connector);
    host = (StandardHost) tomcat.getHost();
    host.setErrorReportValveClass(JsonErrorReportValve.class.getName());
    tomcat.start();
    deploy("/other");
    before = valves();
    ours = deploy("/ours", new TakesOver());
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  private Context deploy(String path, ServletContextListener... listeners) {
    Context context = new StandardContext();
    context.setName(path);
    context.setPath(path);
    context.setDocBase(base.toString());
    context.addLifecycleListener(new Tomcat.FixContextListener());
    context.addServletContainerInitializer(
        (classes, servletContext) -> List.of(listeners).forEach(servletContext::addListener), null);
    Tomcat.addServlet(context, "failing", new Failing()).setAsyncSupported(true);
    context.addServletMappingDecoded("/*", "failing");
    host.addChild(context);
    return context;
  }

  private List<Valve> valves() {
    return List.of(host.getPipeline().getValves());
  }

  /** As the application does it. */
  private static final class TakesOver implements ServletContextListener {
    private Container.Undo errors;

    @Override
    public void contextInitialized(ServletContextEvent event) {
      errors = Containers.of(event.getServletContext()).answerRefusals();
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
      errors.close();
    }
  }

  private static final class Failing extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      switch (request.getPathInfo()) {
        case "/answered" -> {
          response.setStatus(418);
          response.getWriter().print("by the application");
        }
        case "/committed" -> {
          response.getWriter().print("half of it");
          response.flushBuffer();
          throw new IllegalStateException("a secret of the application");
        }
        case "/async" -> {
          var later = request.startAsync();
          later.start(
              () -> {
                try {
                  response.setStatus(404);
                  response.getOutputStream().print("later");
                } catch (IOException gone) {
                  throw new IllegalStateException(gone);
                }
                later.complete();
              });
        }
        case "/throws" -> throw new IllegalStateException("a secret of the application");
        case "/ok" -> response.getWriter().print("fine");
        default -> response.sendError(404, "a secret of the application");
      }
    }
  }

  private RawClient send(String request) throws IOException {
    return RawClient.exchange(connector.getLocalPort(), request);
  }

  private RawClient get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  private RawProblem problem(String request, int status) throws IOException {
    return RawProblem.of(connector.getLocalPort(), request, status);
  }

  private static String head(String line, String... headers) {
    return line
        + "\r\n"
        + String.join("\r\n", headers)
        + (headers.length > 0 ? "\r\n" : "")
        + "\r\n";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | GET /a%2Fb HTTP/1.1       | Host: a | path or a header is malformed
          400 | GET /..%5c.. HTTP/1.1     | Host: a | path or a header is malformed
          400 | GET /a%00b HTTP/1.1       | Host: a | path or a header is malformed
          400 | GET /%zz HTTP/1.1         | Host: a | path or a header is malformed
          400 | GET /% HTTP/1.1           | Host: a | path or a header is malformed
          400 | GET /%ff HTTP/1.1         | Host: a | path or a header is malformed
          400 | GET /../etc HTTP/1.1      | Host: a | path or a header is malformed
          400 | GET etc HTTP/1.1          | Host: a | path or a header is malformed
          400 | GET * HTTP/1.1            | Host: a | path or a header is malformed
          400 | GET /a\\b HTTP/1.1        | Host: a | path or a header is malformed
          400 | GET /a b HTTP/1.1         | Host: a | path or a header is malformed
          400 | G(T / HTTP/1.1            | Host: a | path or a header is malformed
          400 | GET / HTTP/1.1            | X: y    | path or a header is malformed
          400 | GET / HTTP/1.1            | Host: a_/b | path or a header is malformed
          400 | GET / HTTP/1.1            | Host: a:b | path or a header is malformed
          400 | GET / HTTP/1.1            | Host: a:99999999999 | path or a header is malformed
          400 | GET / HTTP/1.1            | Host: a+Host: b | path or a header is malformed
          400 | GET / HTTP/1.1            | Host: a+Bad Header: x | path or a header is malformed
          400 | GET / HTTP/1.1            | Host: a+no colon | path or a header is malformed
          400 | POST / HTTP/1.1           | Host: a+Content-Length: 1+Content-Length: 2 | path or a header is malformed
          400 | POST / HTTP/1.1           | Host: a+Content-Length: -1 | path or a header is malformed
          400 | POST / HTTP/1.1           | Host: a+Content-Length: x | path or a header is malformed
          400 | POST / HTTP/1.1           | Host: a+Transfer-Encoding: chunked, gzip | path or a header is malformed
          400 | POST / HTTP/1.1           | Host: a+Transfer-Encoding: (( | path or a header is malformed
          400 | GET http://b/ HTTP/1.1    | Host: a | path or a header is malformed
          417 | POST / HTTP/1.1           | Host: a+Expect: wonders | 100-continue
          501 | POST / HTTP/1.1           | Host: a+Transfer-Encoding: br | Transfer-Encoding
          501 | CONNECT a:80 HTTP/1.1     | Host: a:80 | this method
          505 | GET / HTTP/7.7            | Host: a | use HTTP/1.1
          404 | GET /nobody HTTP/1.1      | Host: a+Connection: close | nothing at this address
          404 | GET /ours/x HTTP/1.1      | Host: a+Connection: close | nothing at this address
          404 | GET /ours/x HTTP/1.0      | Host: a | nothing at this address
          500 | GET /ours/throws HTTP/1.1 | Host: a | X-Request-ID
          """)
  void shouldSayWhatIsWrong(int status, String line, String headers, String detail)
      throws Exception {
    RawProblem problem = problem(head(line, headers.split("\\+")), status);
    assertThat(problem.detail()).contains(detail);
    assertThat(problem.text()).doesNotContain("secret");
  }

  @Test
  void shouldSayWhatIsTooMuch() throws Exception {
    String large = "a".repeat(3000);
    for (String head :
        List.of(
            head("GET /" + large + " HTTP/1.1", "Host: a"),
            head("GET / HTTP/1.1", "Host: a", "X: " + large),
            head("GET / HTTP/1.1", "X: y\r\n".repeat(150)))) {
      assertThat(problem(head, 400).detail()).contains("more of them than the server takes");
    }
  }

  @Test
  void shouldNameThePathIfItIsOne() throws Exception {
    assertThat(
            problem(head("GET /a%2Fb?c HTTP/1.1", "Host: a"), 400).json().path("instance").asText())
        .isEqualTo("/a%2Fb");
    for (String line : List.of("GET /%zz HTTP/1.1", "GET /a\\b HTTP/1.1", "GET a HTTP/1.1")) {
      assertThat(problem(head(line, "Host: a"), 400).json().has("instance")).as(line).isFalse();
    }
  }

  @Test
  void shouldTakeTheClientsIdForTheRequest() throws Exception {
    try (RawClient client = send(head("GET /%2F HTTP/1.1", "Host: a", "X-Request-ID: mine-1"))) {
      assertThat(client.headers()).containsEntry("x-request-id", "mine-1");
    }
    try (RawClient client = send(head("GET /%2F HTTP/1.1", "Host: a", "X-Request-ID: <b>"))) {
      assertThat(client.headers().get("x-request-id")).matches("[0-9a-f]+");
    }
  }

  @Test
  void shouldAnswerWithAHeadWhereTomcatWouldNot() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(problem("GET /ours/ok\r\n", 505).detail()).contains("HTTP/1.1");
      problem("GET /nobody\r\n", 505);
      problem("POST /\r\n", 400);
      // by processors that have just served such a request
      problem("GET /a\\b HTTP/1.1\r\n\r\n", 400);
      problem("G(T / HTTP/1.1\r\n\r\n", 400);
    }
    try (RawClient old = RawClient.connect(connector.getLocalPort(), 0)) {
      old.send("GET /other/ok\r\n");
      assertThat(old.rest()).isEqualTo("fine");
    }
  }

  @Test
  void shouldSendNoBodyToHead() throws Exception {
    try (RawClient client = send(head("HEAD /%2F HTTP/1.1", "Host: a"))) {
      assertThat(client.status()).isEqualTo(400);
      assertThat(client.headers()).containsEntry("content-type", "application/problem+json");
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void shouldLeaveAloneWhatIsAnswered() throws Exception {
    try (RawClient client = get("/ours/answered")) {
      assertThat(client.status()).isEqualTo(418);
      assertThat(client.rest()).isEqualTo("by the application");
    }
    try (RawClient client = get("/ours/committed")) {
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.body(10)).isEqualTo("half of it");
    }
    try (RawClient client = get("/ours/async")) {
      assertThat(client.status()).isEqualTo(404);
      assertThat(client.rest()).isEqualTo("later");
    }
    try (RawClient client = get("/ours/ok")) {
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.rest()).isEqualTo("fine");
    }
  }

  @Test
  void shouldLeaveOtherApplicationsAlone() throws Exception {
    try (RawClient client = get("/other/x")) {
      assertThat(client.status()).isEqualTo(404);
      assertThat(client.headers()).doesNotContainKey("x-request-id");
      assertThat(client.rest()).contains("a secret of the application");
    }
  }

  @Test
  void shouldLeaveNothingBehind() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(valves()).hasSize(before.size() + 1).containsAll(before);
      problem(head("GET /%2F HTTP/1.1", "Host: a"), 400);
      WeakReference<Valve> valve = new WeakReference<>(valves().get(before.size() - 1));
      assertThat(valve.get()).isInstanceOf(RefusedRequestValve.class);
      host.removeChild(ours);
      ours = null;
      assertThat(valves()).isEqualTo(before);
      await()
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(valve.get()).isNull();
              });
      assertThat(
              ManagementFactory.getPlatformMBeanServer()
                  .queryMBeans(new ObjectName("*:*"), null)
                  .toString())
          .doesNotContain("flowfi");
      try (RawClient client = send(head("GET /%2F HTTP/1.1", "Host: a"))) {
        assertThat(client.status()).isEqualTo(400);
        assertThat(client.headers().get("content-type")).startsWith("application/json");
      }
      ours = deploy("/ours", new TakesOver());
    }
  }
}

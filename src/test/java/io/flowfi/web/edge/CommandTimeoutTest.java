package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.sse.RawClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CommandTimeoutTest {
  private static final String COMMAND = "POST /v1/streams";

  private final Suspending resource = new Suspending();
  private final Observer observer = new Observer();

  /** Records how long a request may be suspended after the filter. */
  private static final class Observer extends HttpFilter {
    private static final long serialVersionUID = 1L;
    final transient BlockingQueue<Long> timeouts = new LinkedBlockingQueue<>();

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      chain.doFilter(request, response);
      if (request.isAsyncStarted()) {
        timeouts.add(request.getAsyncContext().getTimeout());
      }
    }
  }

  /** Suspends every request as Jersey does, without a limit, and leaves it to the test. */
  private static final class Suspending extends HttpFilter {
    private static final long serialVersionUID = 1L;
    final transient BlockingQueue<AsyncContext> suspended = new LinkedBlockingQueue<>();

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException {
      AsyncContext context = request.startAsync(request, response);
      context.setTimeout(0);
      if ("/v1/answered-at-once".equals(request.getRequestURI())) {
        answer(context);
      } else {
        if ("/v1/begun".equals(request.getRequestURI())) {
          response.setHeader("ETag", "\"1\"");
          response.getOutputStream().write('{');
        }
        if ("/v1/held-read".equals(request.getRequestURI())) {
          request.setAttribute(CommandTimeout.SUSPENDED_READ, Boolean.TRUE);
        }
        suspended.add(context);
      }
    }

    static void answer(AsyncContext context) throws IOException {
      context.getResponse().setContentLength(2);
      context.getResponse().getOutputStream().print("{}");
      context.complete();
    }
  }

  private CommandTimeout timeout;

  private EdgeServer server(Duration limit, boolean applies) throws Exception {
    timeout = new CommandTimeout(limit, applies);
    return new EdgeServer(observer, timeout, resource);
  }

  private void assertRefused(RawClient client) throws IOException {
    assertThat(client.status()).isEqualTo(503);
    assertThat(client.headers())
        .containsEntry("content-type", "application/problem+json")
        .containsEntry("retry-after", "1")
        .containsKey("x-request-id");
    assertThat(client.body(Integer.parseInt(client.headers().get("content-length"))))
        .contains("same Idempotency-Key", "\"instance\":\"/v1/");
  }

  @Test
  void shouldAnswerACommandThatGetsNoAnswer() throws Exception {
    try (EdgeServer server = server(Duration.ofMillis(100), true)) {
      try (RawClient client = server.send(COMMAND)) {
        assertRefused(client);
      }
      try (RawClient client = server.send("POST /v1/begun")) {
        assertRefused(client);
      }
    }
  }

  /** A container that checks for leaks right after would report a thread that is still ending. */
  @Test
  void shouldLeaveNoThreadBehind() throws Exception {
    for (int i = 0; i < 100; i++) {
      CommandTimeout filter = new CommandTimeout(Duration.ofMinutes(1), true);
      filter.init(null);
      assertThat(threads()).isNotEmpty();
      filter.destroy();
      assertThat(threads()).isEmpty();
    }
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("command-timeout"))
        .toList();
  }

  @Test
  void shouldLeaveAloneWhatIsAnsweredInTime() throws Exception {
    try (EdgeServer server = server(Duration.ofMinutes(1), true)) {
      assertThat(server.status("POST /v1/answered-at-once")).isEqualTo(200);
      try (RawClient client = server.connect()) {
        for (int i = 0; i < 3; i++) {
          client.send(COMMAND + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
          AsyncContext context = resource.suspended.take();
          Suspending.answer(context);
          client.readHead();
          assertThat(client.status()).isEqualTo(200);
          assertThat(client.body(2)).isEqualTo("{}");
        }
      }
      await().untilAsserted(() -> assertThat(timeout.waiting()).isZero());
    }
  }

  @Test
  void shouldLimitCommandsOnly() throws Exception {
    try (EdgeServer server = server(Duration.ofMinutes(1), true);
        RawClient stream = server.connect();
        RawClient command = server.connect()) {
      stream.send("GET /v1/events/subscribe HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(observer.timeouts.take()).isZero();
      command.send(COMMAND + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(observer.timeouts.take())
          .as("longer than Tomcat's clock can show")
          .isGreaterThan(System.currentTimeMillis());
    }
  }

  /** Its resource ends it: this filter only keeps Tomcat's clock from it. */
  @Test
  void shouldLeaveTheEndOfASuspendedReadToItsResource() throws Exception {
    try (EdgeServer server = server(Duration.ofMillis(1), true);
        RawClient read = server.connect()) {
      read.send("GET /v1/held-read HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(observer.timeouts.take())
          .as("longer than Tomcat's clock can show")
          .isGreaterThan(System.currentTimeMillis());
      assertThat(timeout.waiting()).isZero();
      Suspending.answer(resource.suspended.take());
      read.readHead();
      assertThat(read.status()).isEqualTo(200);
    }
  }

  @Test
  void shouldKeepOutOfContainersThatCannotBeTrustedWithIt() throws Exception {
    try (EdgeServer server = server(Duration.ofMinutes(1), false);
        RawClient command = server.connect()) {
      command.send(COMMAND + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(observer.timeouts.take()).isZero();
    }
  }
}

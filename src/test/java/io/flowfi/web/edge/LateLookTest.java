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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.coyote.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tomcat's thread that looks for overdue requests once a second has taken a processor from its
 * list, and checks it only when that serves another request. For that the thread need only lose its
 * core for half a millisecond; here the test does it.
 */
@Timeout(60)
class LateLookTest {
  private final Held resource = new Held();

  /**
   * Suspends commands as Jersey does; {@code /v1/held} only when the test allows it. Everything
   * else is answered at once.
   */
  private static final class Held extends HttpFilter {
    private static final long serialVersionUID = 1L;
    final transient BlockingQueue<AsyncContext> suspended = new LinkedBlockingQueue<>();
    final transient CountDownLatch goesOn = new CountDownLatch(1);

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      String path = request.getRequestURI();
      if (!path.startsWith("/v1/")) {
        chain.doFilter(request, response);
        return;
      }
      if (path.equals("/v1/held")) {
        try {
          goesOn.await();
        } catch (InterruptedException e) {
          throw new ServletException(e);
        }
      }
      AsyncContext context = request.startAsync(request, response);
      context.setTimeout(-1);
      suspended.add(context);
    }

    void answer() throws Exception {
      AsyncContext context = suspended.take();
      context.getResponse().setContentLength(2);
      context.getResponse().getOutputStream().print("{}");
      context.complete();
    }
  }

  private EdgeServer server() throws Exception {
    return new EdgeServer(
        new BodyFilter(Duration.ofSeconds(30), false),
        new CommandTimeout(Duration.ofSeconds(30), true),
        resource);
  }

  private static String request(String path, int length) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  /** The processor of the one request that is suspended. */
  private static Processor suspended(EdgeServer server) throws Exception {
    await().untilAsserted(() -> assertThat(server.suspended()).hasSize(1));
    return server.suspended().iterator().next();
  }

  /** Checks the processor while it serves a command that is not suspended yet. */
  private void assertAnsweredThoughLookedAtLate(EdgeServer server, Processor processor)
      throws Exception {
    await().untilAsserted(() -> assertThat(processor.getRequest().requestURI().isNull()).isTrue());
    try (RawClient next = server.connect()) {
      next.send(request("/v1/held", 2) + "{}");
      await()
          .untilAsserted(
              () -> assertThat(processor.getRequest().requestURI()).hasToString("/v1/held"));
      processor.timeoutAsync(System.currentTimeMillis());
      resource.goesOn.countDown();
      await().untilAsserted(() -> assertThat(server.suspended()).hasSize(1));
      resource.answer();
      next.readHead();
      assertThat(next.status()).isEqualTo(200);
      assertThat(next.body(2)).isEqualTo("{}");
    }
  }

  @Test
  void shouldAnswerAfterACommand() throws Exception {
    try (EdgeServer server = server();
        RawClient client = server.connect()) {
      client.send(request("/v1/streams", 2) + "{}");
      Processor processor = suspended(server);
      resource.answer();
      client.readHead();
      assertAnsweredThoughLookedAtLate(server, processor);
    }
  }

  @Test
  void shouldAnswerAfterABodyThatCameLate() throws Exception {
    try (EdgeServer server = server();
        RawClient client = server.connect()) {
      client.send(request("/mirror", 2));
      Processor processor = suspended(server);
      client.send("{}");
      client.readHead();
      assertThat(client.status()).isEqualTo(200);
      assertAnsweredThoughLookedAtLate(server, processor);
    }
  }

  @Test
  void shouldAnswerAfterABodyThatWasRefused() throws Exception {
    try (EdgeServer server = server();
        RawClient client = server.connect()) {
      client.send(request("/mirror", 20_000));
      Processor processor = suspended(server);
      client.send("x".repeat(20_000));
      client.readHead();
      assertThat(client.status()).isEqualTo(413);
      assertAnsweredThoughLookedAtLate(server, processor);
    }
  }
}

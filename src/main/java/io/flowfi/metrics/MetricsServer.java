package io.flowfi.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flowfi.health.MicroProfileHealth;
import io.flowfi.threads.DaemonThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves the figures and the health, as MicroProfile Health has it, on a port of their own, which
 * need not be public, to whoever reaches it. A server of the JDK and not of the container, so that
 * it is the same in every container.
 *
 * <p>Two threads answer. Whoever holds both up keeps only other scrapers waiting.
 */
public final class MetricsServer implements AutoCloseable {
  private static final String PATH = "/metrics";
  private static final int QUEUE = 16;
  private static final int THREADS = 2;

  private final Exposition exposition;
  private final MicroProfileHealth health;
  private final DaemonThreads threads = new DaemonThreads("metrics-http");
  private final ExecutorService executor = Executors.newFixedThreadPool(THREADS, threads);
  private final HttpServer server;

  /**
   * Begins to listen.
   *
   * @throws IllegalStateException if the port cannot be had; the message is a line for the operator
   */
  public MetricsServer(MetricsSettings settings, Exposition exposition, MicroProfileHealth health) {
    this.exposition = exposition;
    this.health = health;
    Thread here = Thread.currentThread();
    ClassLoader ours = here.getContextClassLoader();
    // its own threads end a moment after it is closed, and must not seem to be ours until then
    here.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      server = HttpServer.create(new InetSocketAddress(settings.address(), settings.port()), QUEUE);
      server.createContext("/", this::answer);
      server.setExecutor(executor);
      server.start();
    } catch (IOException e) {
      executor.shutdownNow();
      throw new IllegalStateException(
          "METRICS_PORT "
              + settings.port()
              + " of "
              + settings.address().getHostAddress()
              + " cannot be listened on: "
              + e.getMessage(),
          e);
    } finally {
      here.setContextClassLoader(ours);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      boolean reads = method.equals("GET") || method.equals("HEAD");
      Optional<MicroProfileHealth.Answer> healthy = reads ? health.answer(path) : Optional.empty();
      if (healthy.isPresent()) {
        send(exchange, healthy.get().up() ? 200 : 503, "application/json", healthy.get().json());
      } else if (!path.equals(PATH)) {
        exchange.sendResponseHeaders(404, -1);
      } else if (reads) {
        Exposition.Answer answer =
            exposition.answer(exchange.getRequestHeaders().getFirst("Accept"));
        send(exchange, 200, answer.type(), answer.body());
      } else {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] content)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : content.length);
    if (!head) {
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(content);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
    threads.awaitEnd();
  }
}

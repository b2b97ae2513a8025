package io.flowfi.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flowfi.health.MicroProfileHealth;
import io.flowfi.threads.DaemonThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
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
  private final InetSocketAddress address;

  /** Null before the start: the JDK's server has a thread as soon as it is made. */
  private volatile HttpServer server;

  /**
   * Looks whether the port is free.
   *
   * @throws IllegalStateException if it cannot be had; the message is a line for the operator
   */
  public MetricsServer(MetricsSettings settings, Exposition exposition, MicroProfileHealth health) {
    this.exposition = exposition;
    this.health = health;
    address = new InetSocketAddress(settings.address(), settings.port());
    try (ServerSocket free = new ServerSocket()) {
      free.bind(address, QUEUE);
    } catch (IOException e) {
      throw taken(e);
    }
  }

  /**
   * Begins to listen.
   *
   * @throws IllegalStateException as above, if the port was taken meanwhile
   */
  public void start() {
    Thread here = Thread.currentThread();
    ClassLoader ours = here.getContextClassLoader();
    // its own threads end a moment after it is closed, and must not seem to be ours until then
    here.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      HttpServer made = HttpServer.create(address, QUEUE);
      server = made;
      made.createContext("/", this::answer);
      made.setExecutor(executor);
      made.start();
    } catch (IOException e) {
      throw taken(e);
    } finally {
      here.setContextClassLoader(ours);
    }
  }

  private IllegalStateException taken(IOException e) {
    return new IllegalStateException(
        "METRICS_PORT "
            + address.getPort()
            + " of "
            + address.getAddress().getHostAddress()
            + " cannot be listened on: "
            + e.getMessage(),
        e);
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
        List<String> accept = exchange.getRequestHeaders().getOrDefault("Accept", List.of());
        Exposition.Answer answer = exposition.answer(String.join(",", accept));
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
    // The JDK's server writes head and body one after the other, with Nagle's algorithm: on a
    // connection that stays open the end of the body waits 40 ms for an acknowledgement.
    exchange.getResponseHeaders().set("Connection", "close");
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
    HttpServer running = server;
    if (running != null) {
      running.stop(0);
    }
    executor.shutdownNow();
    threads.awaitEnd();
  }
}

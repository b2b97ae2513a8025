package io.flowfi.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Only the files of {@code webapp}, under the strictest content security policy; no application.
 */
final class StaticPages implements AutoCloseable {
  private static final Path ROOT = Path.of("webapp").toAbsolutePath().normalize();
  private static final Map<String, String> TYPES =
      Map.of(
          "html",
          "text/html;charset=UTF-8",
          "js",
          "text/javascript",
          "css",
          "text/css",
          "svg",
          "image/svg+xml");

  private final HttpServer server;

  private StaticPages(HttpServer server) {
    this.server = server;
  }

  static StaticPages start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", StaticPages::answer);
      server.start();
      return new StaticPages(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestURI().getPath().equals("/health")) {
        // every page asks for the mode
        byte[] health = "{\"status\":\"up\",\"mode\":\"open\"}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, health.length);
        exchange.getResponseBody().write(health);
        return;
      }
      Path file = ROOT.resolve("." + exchange.getRequestURI().getPath()).normalize();
      if (!file.startsWith(ROOT) || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String name = file.getFileName().toString();
      exchange
          .getResponseHeaders()
          .set("Content-Type", TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
      exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'self'");
      byte[] body = Files.readAllBytes(file);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

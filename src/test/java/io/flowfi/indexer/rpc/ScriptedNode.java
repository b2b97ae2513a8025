package io.flowfi.indexer.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An RPC node over real HTTP that says what a test tells it to, and remembers what it was asked.
 */
final class ScriptedNode implements AutoCloseable {
  static final String PASSPHRASE = "Test SDF Network ; September 2015";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What it does with one request. */
  interface Reply {
    void to(HttpExchange exchange, String id) throws IOException;
  }

  /**
   * @param version of JSON-RPC
   */
  record Asked(
      String method,
      JsonNode params,
      Map<String, List<String>> headers,
      String path,
      String version) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  final List<Asked> asked = new CopyOnWriteArrayList<>();

  ScriptedNode() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    says("getNetwork", result("{\"passphrase\":\"" + PASSPHRASE + "\",\"protocolVersion\":23}"));
    says("getHealth", result(health(10, 2000)));
    says("getVersionInfo", result("{\"version\":\"27.1.1\",\"commitHash\":\"abc\"}"));
  }

  static String health(long oldest, long latest) {
    return "{\"status\":\"healthy\",\"latestLedger\":%d,\"oldestLedger\":%d,\"ledgerRetentionWindow\":17280}"
        .formatted(latest, oldest);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void says(String method, Reply reply) {
    replies.put(method, reply);
  }

  List<String> methods() {
    return asked.stream().map(Asked::method).toList();
  }

  Asked last() {
    return asked.get(asked.size() - 1);
  }

  static Reply result(String json) {
    return (exchange, id) ->
        send(exchange, 200, "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + json + "}");
  }

  /** A chunk for each byte. */
  static Reply drippingResult(String json) {
    return (exchange, id) -> {
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      for (byte one :
          ("{\"id\":" + id + ",\"result\":" + json + "}").getBytes(StandardCharsets.UTF_8)) {
        out.write(one);
        out.flush();
      }
    };
  }

  static Reply error(int code, String message) {
    return (exchange, id) ->
        send(
            exchange,
            200,
            "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,\"message\":%s}}"
                .formatted(id, code, JSON.writeValueAsString(message)));
  }

  static Reply http(int status, String body, String... headers) {
    return (exchange, id) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      send(exchange, status, body);
    };
  }

  /** Sends the head and part of the body, and then nothing more. */
  Reply hangingAfter(String begun) {
    return (exchange, id) -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(begun.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** Cuts the connection in the middle of a body whose length it told. */
  static Reply cut(String begun) {
    return (exchange, id) -> {
      exchange.sendResponseHeaders(200, begun.length() + 100);
      exchange.getResponseBody().write(begun.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
      throw new IOException("cut");
    };
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      String method = request.get("method").asText();
      asked.add(
          new Asked(
              method,
              request.get("params"),
              Map.copyOf(exchange.getRequestHeaders()),
              exchange.getRequestURI().toString(),
              request.path("jsonrpc").asText()));
      replies
          .getOrDefault(method, error(-32601, "no such method"))
          .to(exchange, request.get("id").toString());
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}

package io.flowfi.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.flowfi.simulator.RpcFaults.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node of Stellar's RPC that serves a {@link SimulatedChain} over HTTP on the loopback, in the
 * form of a version, with faults on request. A chain may have any number of nodes.
 */
public final class SimulatedRpc implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int GREATEST_REQUEST = 512 * 1024;

  private final RpcFaults faults = new RpcFaults();
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final ExecutorService threads;
  private SimulatedChain chain;
  private RpcForm form;
  private int retention = RpcMethods.RETENTION;
  private volatile RpcMethods methods;

  /** A node of version 28 on a free port. */
  public SimulatedRpc(SimulatedChain chain) {
    this(chain, RpcForm.V28, 0);
  }

  /**
   * @param port 0: a free one
   */
  public SimulatedRpc(SimulatedChain chain, RpcForm form, int port) {
    this.chain = chain;
    this.form = form;
    begin();
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "simulated-rpc");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  public RpcFaults faults() {
    return faults;
  }

  /** The node forgets its chain and serves another one, as a test network does that was reset. */
  public synchronized void serve(SimulatedChain other) {
    chain = other;
    begin();
  }

  /** The node is upgraded, or set back: from its next answer on it has the form of that version. */
  public synchronized void become(RpcForm other) {
    form = other;
    begin();
  }

  private void begin() {
    RpcMethods begun = new RpcMethods(chain, form, faults);
    begun.retain(retention);
    methods = begun;
  }

  /** Adds an address beside the RPC, for {@link FaultPage}. */
  void addPage(String path, HttpHandler handler) {
    server.createContext(path, handler);
  }

  /** How many ledgers the node keeps; seven days of them at first. */
  public synchronized void retain(int ledgers) {
    retention = ledgers;
    methods.retain(ledgers);
  }

  /**
   * Makes the pages of a reader that begins at a ledger and follows the cursors, so that serving
   * them costs next to nothing: for measurements. They hold while there is no fault, and are
   * complete for a reader who asks while a ledger is the newest one, now or later.
   */
  public void prepare(long startLedger, int limit, long newest) {
    try {
      methods.prepare(startLedger, limit, newest);
    } catch (RpcException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** How often a method was called, also in vain. */
  public int calls(String method) {
    AtomicInteger count = calls.get(method);
    return count == null ? 0 : count.get();
  }

  /** Ends it; answers that hang end too. */
  @Override
  public void close() {
    faults.clear();
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.getResponseHeaders().add("Accept-Post", "application/json");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
        text(exchange, 415, "text/plain", "content-type must be application/json\n");
        return;
      }
      byte[] body = exchange.getRequestBody().readNBytes(GREATEST_REQUEST + 1);
      if (body.length > GREATEST_REQUEST) {
        text(exchange, 500, "text/plain", "http: request body too large\n");
        return;
      }
      JsonNode request;
      try {
        request = JSON.readTree(body);
      } catch (IOException e) {
        text(exchange, 500, "text/plain", "[-32700] parse error\n");
        return;
      }
      calls
          .computeIfAbsent(request.path("method").asText(), any -> new AtomicInteger())
          .incrementAndGet();
      if (faults.delayMillis() > 0) {
        Thread.sleep(faults.delayMillis()); // the slow node itself
      }
      Optional<Failure> failure = faults.nextFailure();
      if (failure.isPresent()) {
        fail(exchange, request, failure.get());
      } else {
        json(exchange, answer(request));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] answer(JsonNode request) {
    JsonNode params = request.path("params");
    try {
      if (!request.path("jsonrpc").asText().equals("2.0")) {
        throw new RpcException(RpcException.INVALID_REQUEST, "invalid version marker");
      }
      if (params.isArray()) {
        throw new RpcException(RpcException.INVALID_PARAMS, "array parameters are not accepted");
      }
      byte[] result = methods.call(request.path("method").asText(), params);
      ByteArrayOutputStream json = new ByteArrayOutputStream(result.length + 64);
      json.writeBytes(
          ("{\"jsonrpc\":\"2.0\",\"id\":" + id(request) + ",\"result\":")
              .getBytes(StandardCharsets.UTF_8));
      json.writeBytes(result);
      json.write('}');
      return json.toByteArray();
    } catch (RpcException e) {
      return error(request, e.code(), e.getMessage());
    }
  }

  private void fail(HttpExchange exchange, JsonNode request, Failure failure)
      throws IOException, InterruptedException {
    int retryAfter = faults.retryAfter();
    if (retryAfter > 0) {
      exchange.getResponseHeaders().add("Retry-After", Integer.toString(retryAfter));
    }
    switch (failure) {
      case TOO_MANY_REQUESTS -> text(exchange, 429, "text/plain", "slow down\n");
      case UNAVAILABLE -> exchange.sendResponseHeaders(503, -1);
      case GATEWAY_TIMEOUT -> exchange.sendResponseHeaders(504, -1);
      case HTML ->
          text(
              exchange,
              200,
              "text/html",
              "<!DOCTYPE html><title>Just a moment...</title><p>Checking your browser.\n");
      case HANG -> faults.hang();
      case CUT_BODY -> {
        byte[] body = answer(request);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body, 0, body.length / 2);
        exchange.getResponseBody().flush();
      }
      case CUT_JSON -> {
        byte[] body = answer(request);
        json(exchange, Arrays.copyOf(body, body.length / 2));
      }
      case EMPTY_BODY -> exchange.sendResponseHeaders(200, -1);
      case INTERNAL_ERROR ->
          json(
              exchange,
              error(request, RpcException.INTERNAL_ERROR, "data stores are not initialized"));
      case DATABASE_ERROR ->
          json(
              exchange,
              error(
                  request,
                  RpcException.INVALID_REQUEST,
                  "db read failed for requested parameter\ndatabase is locked"));
      case DROP -> {
        // closing the exchange ends the connection
      }
    }
  }

  private static byte[] error(JsonNode request, int code, String message) {
    ObjectNode error = JSON.createObjectNode().put("code", code).put("message", message);
    return ("{\"jsonrpc\":\"2.0\",\"id\":" + id(request) + ",\"error\":" + error + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String id(JsonNode request) {
    return request.path("id").isMissingNode() ? "null" : request.get("id").toString();
  }

  private static void json(HttpExchange exchange, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    send(exchange, 200, body);
  }

  private static void text(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    exchange.getResponseHeaders().add("Content-Type", type);
    send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
